import type { Timestamp, Uint64 } from '../flow/basics.ts';

const MS = 1e6;

/** A duration in at most six columns: `850us`, `12.4ms`, `1.20s`, `12.3s`, `4m10s`, `2h05m`. */
export function formatDuration(ns: Uint64): string {
  const ms = Number(ns) / MS;
  if (ms < 1) return `${Math.round(ms * 1000)}us`;
  if (ms < 99.95) return `${ms.toFixed(1)}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)}s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

/** Bytes in at most five columns, powers of 1000: `812B`, `3.1K`, `45M`. */
export function formatBytes(bytes: Uint64): string {
  let value = Number(bytes);
  if (value < 1000) return `${value}B`;
  for (const unit of ['K', 'M', 'G', 'T']) {
    value /= 1000;
    if (value < 9.95) return `${value.toFixed(1)}${unit}`;
    if (value < 999.5 || unit === 'T') return `${Math.round(value)}${unit}`;
  }
  return `${value}`;
}

/** A count with thin groups: `1 204 310`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** A rate in few columns: `0`, `3.2`, `214`, `9.8k`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 9.95) return perSecond.toFixed(1);
  if (perSecond < 999.5) return String(Math.round(perSecond));
  if (perSecond < 99_950) return `${(perSecond / 1000).toFixed(1)}k`;
  return `${Math.round(perSecond / 1000)}k`;
}

let cachedSecond = Number.NaN;
let cachedClock = '';

/** Local time of day: `14:02:11.032`, or without milliseconds. Rows of one second share the work. */
export function formatClock(time: Timestamp | undefined, short: boolean): string {
  if (time === undefined) return '';
  if (time.seconds !== cachedSecond) {
    const date = new Date(time.seconds * 1000);
    if (Number.isNaN(date.getTime())) return '';
    const two = (value: number): string => String(value).padStart(2, '0');
    cachedClock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
    cachedSecond = time.seconds;
  }
  return short ? cachedClock : `${cachedClock}.${String(Math.floor(time.nanos / 1e6)).padStart(3, '0')}`;
}
