import type { Reader } from './reader.ts';

const SLOTS = 2048;
const LONGEST = 2048;

/**
 * Decoded messages by their exact bytes, for parts that come again and again: the endpoints of flows.
 *
 * Holds at most 2048 messages of up to 2 KiB each; two that share a slot take turns. The same bytes give the same
 * object, so nobody may change it.
 */
export class MessageCache<T extends object> {
  readonly #decode: (reader: Reader) => T;
  readonly #keys: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values: (T | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(decode: (reader: Reader) => T) {
    this.#decode = decode;
  }

  /** The message that fills the rest of the reader. */
  read(r: Reader): T {
    const start = r.pos;
    const end = r.end;
    if (end - start > LONGEST) return this.#decode(r);
    const slot = this.#slot(r, start, end);
    const key = this.#keys[slot];
    const known = this.#values[slot];
    if (key !== undefined && known !== undefined && key.length === end - start) {
      if (r.buffer.compare(key, 0, key.length, start, end) === 0) {
        r.pos = end;
        return known;
      }
    }
    const value = this.#decode(r);
    this.#keys[slot] = new Uint8Array(r.buffer.subarray(start, end));
    this.#values[slot] = value;
    return value;
  }

  #slot(r: Reader, start: number, end: number): number {
    const step = Math.max(1, (end - start) >> 5);
    let hash = end - start;
    for (let i = end - 1; i >= start; i -= step) hash = Math.imul(hash ^ (r.buffer[i] ?? 0), 0x01000193);
    return (hash ^ (hash >>> 13)) & (SLOTS - 1);
  }
}
