import type { Uint64 } from './basics.ts';

/** A number with one decimal below ten, none above, and no `.0`. */
const short = (value: number): string => String(value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value));

/** A length of time as people say it: `80us`, `0.2ms`, `12ms`, `1.2s`, `2m5s`, `3h4m`. */
export function durationText(nanoseconds: Uint64): string {
  const ns = Number(nanoseconds);
  if (ns < 100e3) return `${Math.round(ns / 1e3)}us`;
  if (ns < 999.5e6) return `${short(ns / 1e6)}ms`;
  if (ns < 59.5e9) return `${short(ns / 1e9)}s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** An amount of data in decimal units: `812 B`, `3 kB`, `1.4 MB`. */
export function bytesText(bytes: Uint64): string {
  let amount = Number(bytes);
  if (amount < 1000) return `${amount} B`;
  let unit = -1;
  do {
    amount /= 1000;
    unit++;
  } while (amount >= 999.5 && unit < UNITS.length - 1);
  return `${short(amount)} ${UNITS[unit]}`;
}

/** How many of something: `1 retransmit`, `3 retransmits`. Large numbers come written out as text. */
export const countText = (count: number | string, noun: string): string =>
  `${count} ${noun}${String(count) === '1' ? '' : 's'}`;
