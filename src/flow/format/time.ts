import type { Timestamp } from '../basics.ts';
import { isValidTimestamp, secondsText } from './rfc3339.ts';

/** The time formats `--time-format` knows, by Hubble's names; the value shows how the format looks. */
export const TIME_FORMATS = {
  StampMilli: 'Jan _2 15:04:05.000',
  YearMonthDay: '2006-01-02',
  YearMonthDayHour: '2006-01-02T15Z07:00',
  YearMonthDayHourMinute: '2006-01-02T15:04Z07:00',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Milli: '2006-01-02T15:04:05.999Z07:00',
  RFC3339Micro: '2006-01-02T15:04:05.999999Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
} as const;
type TimeFormat = keyof typeof TIME_FORMATS;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** One second as text: `head` before the fraction, `tail` after it. */
interface Second {
  readonly head: string;
  readonly tail: string;
}
/** `iso` is the wall clock in the wanted zone as `2006-01-02T15:04:05`, `offset` its distance from UTC in minutes. */
type Layout = (iso: string, offset: number) => Second;

const two = (value: number): string => String(value).padStart(2, '0');

function numericZone(offset: number, colon: string): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}
const zone = (offset: number): string => (offset === 0 ? 'Z' : numericZone(offset, ':'));
const upTo =
  (length: number): Layout =>
  (iso, offset) => ({ head: iso.slice(0, length), tail: zone(offset) });

const LAYOUTS: Readonly<Record<TimeFormat, Layout>> = {
  StampMilli: (iso) => {
    const day = String(Number(iso.slice(8, 10))).padStart(2);
    return { head: `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${day} ${iso.slice(11)}`, tail: '' };
  },
  YearMonthDay: (iso) => ({ head: iso.slice(0, 10), tail: '' }),
  YearMonthDayHour: upTo(13),
  YearMonthDayHourMinute: upTo(16),
  RFC3339: upTo(19),
  RFC3339Milli: upTo(19),
  RFC3339Micro: upTo(19),
  RFC3339Nano: upTo(19),
  RFC1123Z: (iso, offset) => {
    const weekday = DAYS[new Date(`${iso.slice(0, 10)}T00:00:00Z`).getUTCDay()];
    const date = `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
    return { head: `${weekday}, ${date} ${iso.slice(11)} ${numericZone(offset, '')}`, tail: '' };
  },
};

/** Go's `.999…`: up to `digits` digits, cut and not rounded, without trailing zeros. */
function trimmedFraction(nanos: number, digits: number): string {
  const text = String(nanos).padStart(9, '0').slice(0, digits).replace(/0+$/, '');
  return text === '' ? '' : `.${text}`;
}
const FRACTIONS: Partial<Record<TimeFormat, (nanos: number) => string>> = {
  StampMilli: (nanos) => `.${String(Math.floor(nanos / 1e6)).padStart(3, '0')}`,
  RFC3339Milli: (nanos) => trimmedFraction(nanos, 3),
  RFC3339Micro: (nanos) => trimmedFraction(nanos, 6),
  RFC3339Nano: (nanos) => trimmedFraction(nanos, 9),
};

/** Text of a time; `N/A` when it is absent or outside of the years 1 to 9999. */
export type TimeFormatter = (time: Timestamp | undefined) => string;

/**
 * Builds a formatter of times, UTC unless `local`. An unknown name means StampMilli, as with Hubble. The last second
 * is remembered, since flows come many to a second and mostly in order.
 */
export function createTimeFormatter(format: string, { local = false } = {}): TimeFormatter {
  const known: TimeFormat = Object.hasOwn(TIME_FORMATS, format) ? (format as TimeFormat) : 'StampMilli';
  const layout = LAYOUTS[known];
  const fraction = FRACTIONS[known];
  let seconds = Number.NaN;
  let second: Second = { head: '', tail: '' };
  return (time) => {
    if (time === undefined || !isValidTimestamp(time)) return 'N/A';
    if (time.seconds !== seconds) {
      seconds = time.seconds;
      const offset = local ? -new Date(seconds * 1000).getTimezoneOffset() : 0;
      second = layout(secondsText(seconds + offset * 60), offset);
    }
    return fraction === undefined ? second.head + second.tail : second.head + fraction(time.nanos) + second.tail;
  };
}
