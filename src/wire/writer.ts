import { Buffer } from 'node:buffer';
import { NetwatchError } from '../base/error.ts';
import type { Uint64 } from '../flow/basics.ts';

/** Strings up to this length are copied character by character, which beats a call into native code. */
const SHORT = 48;

/**
 * Builds the protobuf encoding of a message from its end to its beginning.
 *
 * Written backwards, the length of a nested message is known when its prefix is due: nothing is measured first and
 * nothing is moved afterwards. So fields come in descending order, and a value before its tag. The buffer starts at
 * `capacity` bytes and doubles; it is meant to be kept and used again.
 */
export class Writer {
  /** Where the last byte was written; the message is everything from here to the end of the buffer. */
  pos: number;
  /** Whether `Flow.detail` goes onto the wire. */
  readonly withDetail: boolean;
  /** Bytes of the field that carries the detail of the last flow written; 0 when it has none. */
  detailLength = 0;
  #buffer: Buffer;
  readonly #embedded = new WeakMap<object, Uint8Array>();

  constructor({ capacity = 4096, withDetail = false }: { capacity?: number; withDetail?: boolean } = {}) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
    this.pos = capacity;
    this.withDetail = withDetail;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.pos = this.#buffer.length;
    this.detailLength = 0;
  }

  get length(): number {
    return this.#buffer.length - this.pos;
  }

  /** What was written so far, valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(this.pos);
  }

  /** Copies what was written to `target`, where there must be room for it. */
  copyTo(target: Buffer, at: number): void {
    this.#buffer.copy(target, at, this.pos);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.view());
  }

  #reserve(count: number): void {
    if (this.pos >= count) return;
    const used = this.length;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, used + count));
    this.#buffer.copy(grown, grown.length - used, this.pos);
    this.pos = grown.length - used;
    this.#buffer = grown;
  }

  byte(value: number): void {
    if (this.pos < 1) this.#reserve(1);
    this.#buffer[--this.pos] = value;
  }

  /** Bytes from here to a `mark`, an earlier `length`. */
  since(mark: number): number {
    return this.length - mark;
  }

  uint32(value: number): void {
    value >>>= 0;
    if (value < 0x80) {
      this.byte(value);
      return;
    }
    if (value < 0x4000) {
      this.pair((value & 0x7f) | 0x80, value >>> 7);
      return;
    }
    const size = value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
    this.#reserve(size);
    this.pos -= size;
    const buffer = this.#buffer;
    let at = this.pos;
    for (; value >= 0x80; value >>>= 7) buffer[at++] = (value & 0x7f) | 0x80;
    buffer[at] = value;
  }

  /** Two bytes in this order, such as a tag above 15. */
  pair(first: number, second: number): void {
    if (this.pos < 2) this.#reserve(2);
    const buffer = this.#buffer;
    buffer[--this.pos] = second;
    buffer[--this.pos] = first;
  }

  int32(value: number): void {
    if (value >= 0) this.uint32(value);
    else this.uint64(value | 0);
  }

  bool(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  /** 64 bits, signed or not: a negative value is written as its two's complement. */
  uint64(value: Uint64): void {
    if (typeof value === 'number' && value >= 0 && value <= 0xffffffff && Number.isInteger(value)) {
      this.uint32(value);
      return;
    }
    if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
      // The low 28 bits are the first four bytes, all with another one behind them.
      const low = value % 2 ** 28;
      this.uint32((value - low) / 2 ** 28);
      this.pair(((low >>> 14) & 0x7f) | 0x80, (low >>> 21) | 0x80);
      this.pair((low & 0x7f) | 0x80, ((low >>> 7) & 0x7f) | 0x80);
      return;
    }
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new NetwatchError('internal', `not an exact 64-bit integer: ${value}`);
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.raw(bytes);
  }

  double(value: number): void {
    this.#reserve(8);
    this.pos -= 8;
    this.#buffer.writeDoubleLE(value, this.pos);
  }

  raw(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.pos -= bytes.length;
    this.#buffer.set(bytes, this.pos);
  }

  /** Length and UTF-8 of a string; half a surrogate pair becomes U+FFFD, so what is written is always valid. */
  string(text: string): void {
    const length = text.length;
    if (length > SHORT || !this.#ascii(text)) {
      const size = Buffer.byteLength(text);
      this.#reserve(size);
      this.pos -= size;
      this.#buffer.write(text, this.pos, size, 'utf8');
      this.uint32(size);
      return;
    }
    this.uint32(length);
  }

  #ascii(text: string): boolean {
    const length = text.length;
    this.#reserve(length);
    const buffer = this.#buffer;
    const start = this.pos - length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[start + i] = code;
    }
    this.pos = start;
    return true;
  }

  bytes(value: Uint8Array): void {
    this.raw(value);
    this.uint32(value.length);
  }

  /**
   * Length and encoding of a message that is part of many others and never changes: it is encoded the first time and
   * copied from then on, as long as the object lives.
   */
  embed<T extends object>(message: T, encode: (writer: Writer, message: T) => void): void {
    const known = this.#embedded.get(message);
    if (known !== undefined) {
      this.raw(known);
      return;
    }
    const mark = this.length;
    encode(this, message);
    this.uint32(this.since(mark));
    this.#embedded.set(message, new Uint8Array(this.#buffer.subarray(this.pos, this.pos + this.since(mark))));
  }
}
