import { NetwatchError } from '../base/error.ts';
import type { Timestamp } from '../flow/basics.ts';
import { parseRfc3339 } from '../flow/format/rfc3339.ts';

const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const DURATION = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const RFC1123Z = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/;
/** RFC 3339 cut short: day, hour or minute; the zone is needed from the hour on. */
const SHORTENED = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2}))?$/;

/** A Go duration such as `1h43m` in nanoseconds; nothing when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) total += Number(amount) * (UNIT_NS[unit] ?? 0);
  return text.startsWith('-') ? -total : total;
}

function fromMilliseconds(ms: number, nanos = 0): Timestamp {
  const total = Math.floor(ms);
  const seconds = Math.floor(total / 1000);
  return { seconds, nanos: (total - seconds * 1000) * 1e6 + nanos };
}

/**
 * Reads the time of `--since` and `--until`: a Go duration before `nowMs`, or a date, RFC 3339 down to the hour, the
 * minute or the nanosecond, or RFC 1123 with a numeric zone. Throws `NetwatchError('usage')` that names the flag.
 */
export function parseTimeInput(flag: string, text: string, nowMs: number): Timestamp {
  const ago = parseDuration(text);
  if (ago !== undefined) return fromMilliseconds(nowMs - ago / 1e6);
  const [, day, hour = '00', minute = '00', zone = 'Z'] = SHORTENED.exec(text) ?? [];
  const exact = parseRfc3339(day === undefined ? text : `${day}T${hour}:${minute}:00${zone}`);
  if (exact !== undefined) return exact;
  if (RFC1123Z.test(text) && !Number.isNaN(Date.parse(text))) return fromMilliseconds(Date.parse(text));
  throw new NetwatchError('usage', `invalid argument ${JSON.stringify(text)} for "--${flag}" flag: not a time`, {
    hint: 'Give an age such as 30s, 5m or 1h43m, or a time such as 2026-01-02T15:04:05Z.',
  });
}
