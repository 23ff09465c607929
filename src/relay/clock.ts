import type { Timestamp } from '../flow/basics.ts';

/** Milliseconds since the Unix epoch; a test passes its own. */
export type Clock = () => number;

/** A time of the clock as the wire has it. */
export function timestampOf(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
