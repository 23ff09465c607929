import type { Timestamp } from '../basics.ts';

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/i;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a protobuf Timestamp can hold. */
const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;

/** True for a time that a protobuf Timestamp may hold: the years 1 to 9999, nanoseconds 0..999,999,999. */
export function isValidTimestamp({ seconds, nanos }: Timestamp): boolean {
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos >= 0 && nanos <= 999_999_999;
}

let lastSeconds = Number.NaN;
let lastText = '';

/** `2026-01-02T03:04:05`, UTC. Remembers the last second: flows come many to a second. */
export function secondsText(seconds: number): string {
  if (seconds !== lastSeconds) {
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
    lastSeconds = seconds;
  }
  return lastText;
}

/** RFC 3339 in UTC as protobuf's JSON prints it: no fraction, or 3, 6 or 9 digits, whichever is exact. */
export function formatRfc3339({ seconds, nanos }: Timestamp): string {
  if (nanos === 0) return `${secondsText(seconds)}Z`;
  const digits = String(nanos).padStart(9, '0');
  const exact = nanos % 1_000_000 === 0 ? 3 : nanos % 1000 === 0 ? 6 : 9;
  return `${secondsText(seconds)}.${digits.slice(0, exact)}Z`;
}

let parsedText = '';
let parsedSeconds = 0;
let lastParsed = '';
let lastTime: Timestamp | undefined;

/**
 * The time of an RFC 3339 text with up to nine digits of fraction and any offset; nothing when it is not one. Remembers
 * the last text: an event has the time of its flow.
 */
export function parseRfc3339(text: string): Timestamp | undefined {
  if (text !== lastParsed) {
    lastTime = readTime(text);
    lastParsed = text;
  }
  return lastTime;
}

function readTime(text: string): Timestamp | undefined {
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, fraction = '', zone = 'Z'] = parts;
  const upToSeconds = text.slice(0, 19) + zone;
  if (upToSeconds !== parsedText) {
    parsedSeconds = Date.parse(upToSeconds) / 1000;
    parsedText = upToSeconds;
  }
  if (Number.isNaN(parsedSeconds)) return undefined;
  return { seconds: parsedSeconds, nanos: Number(fraction.padEnd(9, '0')) };
}
