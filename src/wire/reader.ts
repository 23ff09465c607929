import { Buffer } from 'node:buffer';
import { NetwatchError } from '../base/error.ts';
import type { Uint64 } from '../flow/basics.ts';
import { internString, LONGEST_INTERNED } from './intern.ts';

/** A message under construction: the generated types are read-only, their decoder is not. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

const MAX_VARINT_BYTES = 10;
const GROUP_DEPTH = 32;

/** What the other side sent is not protobuf, or not what the schema says. */
export function malformed(what: string): NetwatchError {
  return new NetwatchError('protocol', `malformed message: ${what}`);
}

/**
 * A cursor over the protobuf encoding of one message.
 *
 * `end` bounds the innermost message being read; every read is checked against it and throws a `protocol` error rather
 * than pass it. Results never refer to the input, so that a small string does not keep a large network buffer alive.
 */
export class Reader {
  pos: number;
  end: number;
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = start;
    this.end = end;
  }

  /** The bytes being read; for caches that compare them. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Reads a length and makes that part the current message. Returns the outer `end`, to be put back afterwards. */
  enter(): number {
    const outer = this.end;
    this.end = this.#span();
    return outer;
  }

  #span(): number {
    const length = this.uint32();
    const end = this.pos + length;
    if (end > this.end) throw malformed(`length ${length} passes the end`);
    return end;
  }

  #byte(): number {
    if (this.pos >= this.end) throw malformed('cut short');
    return this.#buffer[this.pos++] ?? 0;
  }

  /** The low 32 bits of a varint. */
  uint32(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let i = 1; i < MAX_VARINT_BYTES; i++) {
      byte = this.#byte();
      if (i < 5) value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed('varint longer than 10 bytes');
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    return this.uint64() !== 0;
  }

  uint64(): Uint64 {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    const wide = this.#wide(BigInt(value));
    return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
  }

  int64(): Uint64 {
    const value = this.uint64();
    if (typeof value === 'number') return value;
    const signed = BigInt.asIntN(64, value);
    return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed < 0n ? Number(signed) : signed;
  }

  #wide(low49: bigint): bigint {
    let value = low49;
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('varint longer than 10 bytes');
  }

  double(): number {
    const start = this.pos;
    if (start + 8 > this.end) throw malformed('cut short');
    this.pos += 8;
    return this.#buffer.readDoubleLE(start);
  }

  /** A string that is likely to come again: equal short ones are one string in memory. Invalid UTF-8 becomes U+FFFD. */
  string(): string {
    const end = this.#span();
    const start = this.pos;
    this.pos = end;
    if (end - start <= LONGEST_INTERNED) return internString(this.#buffer, start, end);
    return this.#buffer.toString('utf8', start, end);
  }

  /** A string that hardly repeats. */
  uniqueString(): string {
    const end = this.#span();
    const start = this.pos;
    this.pos = end;
    return this.#buffer.toString('utf8', start, end);
  }

  bytes(): Uint8Array {
    const end = this.#span();
    const copy = new Uint8Array(this.#buffer.subarray(this.pos, end));
    this.pos = end;
    return copy;
  }

  /** Steps over the field whose tag was just read. */
  skip(tag: number): void {
    const open: number[] = [];
    for (;;) {
      const type = tag & 7;
      if (tag >>> 3 === 0) throw malformed('field number 0');
      if (type === 3) {
        if (open.push(tag >>> 3) > GROUP_DEPTH) throw malformed('groups nested too deep');
      } else if (type === 4) {
        if (open.pop() !== tag >>> 3) throw malformed('group ends that did not begin');
      } else this.#skipValue(type);
      if (open.length === 0) return;
      tag = this.uint32();
    }
  }

  #skipValue(type: number): void {
    if (type === 0) this.uint64();
    else if (type === 2) this.pos = this.#span();
    else if (type === 1 || type === 5) {
      this.pos += type === 1 ? 8 : 4;
      if (this.pos > this.end) throw malformed('cut short');
    } else throw malformed(`wire type ${type}`);
  }
}

/** Adds to a repeated field of a message under construction. */
export function append<T>(list: readonly T[] | undefined, item: T): readonly T[] {
  if (list === undefined) return [item];
  (list as T[]).push(item);
  return list;
}
