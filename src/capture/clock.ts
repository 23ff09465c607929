import type { Timestamp } from '../flow/basics.ts';

const NANOS_PER_SECOND = 1_000_000_000;
/** 2^32 ns is 4 s and this many nanoseconds. */
const HIGH_WORD_SECONDS = 4;
const HIGH_WORD_NANOS = 294_967_296;

/** A kernel time stamp as the two halves of its 64 bits, so that arithmetic stays exact without bigint. */
export interface KernelTime {
  readonly high: number;
  readonly low: number;
}

/** Nanoseconds from `start` to `end`, exact; 0 when that is negative. */
export function nanosBetween(start: KernelTime, end: KernelTime): number {
  return Math.max(0, (end.high - start.high) * 2 ** 32 + (end.low - start.low));
}

/**
 * Turns the kernel's monotonic time stamps into Unix time. The distance between the two changes whenever the machine's
 * clock is set or slewed, so `measure` is to be called now and then; a flow has the distance of its own moment.
 */
export class WallClock {
  readonly #offset: () => bigint;
  #seconds = 0;
  #nanos = 0;

  /** `offset` gives the nanoseconds to add to a kernel time stamp. */
  constructor(offset: () => bigint) {
    this.#offset = offset;
    this.measure();
  }

  measure(): void {
    const offset = this.#offset();
    this.#seconds = Number(offset / BigInt(NANOS_PER_SECOND));
    this.#nanos = Number(offset % BigInt(NANOS_PER_SECOND));
  }

  toTimestamp({ high, low }: KernelTime): Timestamp {
    const nanos = high * HIGH_WORD_NANOS + low + this.#nanos;
    const carry = Math.floor(nanos / NANOS_PER_SECOND);
    return { seconds: high * HIGH_WORD_SECONDS + this.#seconds + carry, nanos: nanos - carry * NANOS_PER_SECOND };
  }
}
