import { Buffer } from 'node:buffer';

const SLOTS = 2048;
const LONGEST = 2048;
/** Bytes that choose the slot: an endpoint's first ones hold its numbers, which tell it from others. */
const HASHED = 40;

/**
 * Values by the exact text they were read from.
 *
 * Holds at most 2048 values and texts of up to 2 KiB each; two that share a slot take turns.
 */
export class TextCache<T> {
  readonly #texts: (Buffer | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values: (T | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The slot of a text that starts at `start` and ends anywhere up to `end`. */
  slotOf(bytes: Buffer, start: number, end: number): number {
    const stop = Math.min(start + HASHED, end);
    let hash = 0;
    for (let i = start; i < stop; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    return (hash ^ (hash >>> 15)) & (SLOTS - 1);
  }

  /** How long the slot's text is, when `bytes` go on with it at `start`; 0 when they do not. */
  find(slot: number, bytes: Buffer, start: number, end: number): number {
    const text = this.#texts[slot];
    if (text === undefined || start + text.length > end) return 0;
    return bytes.compare(text, 0, text.length, start, start + text.length) === 0 ? text.length : 0;
  }

  valueOf(slot: number): T | undefined {
    return this.#values[slot];
  }

  set(slot: number, bytes: Buffer, start: number, end: number, value: T): void {
    if (end - start > LONGEST) return;
    this.#texts[slot] = Buffer.from(bytes.subarray(start, end));
    this.#values[slot] = value;
  }
}
