/** The messages of google.protobuf that the schema uses, as the plain values they are in memory. */
import type { Any, FieldMask, Timestamp } from '../flow/basics.ts';
import { append, type Draft, malformed, type Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range google.protobuf.Timestamp is defined for. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** Reads a Timestamp. One outside the years 1 to 9999 is malformed: nothing downstream could print it. */
export function decodeTimestamp(r: Reader, m: Timestamp = { seconds: 0, nanos: 0 }): Timestamp {
  let { seconds, nanos } = m;
  while (r.pos < r.end) {
    const tag = r.uint32();
    if (tag === 8) seconds = Number(r.int64());
    else if (tag === 16) nanos = r.int32();
    else r.skip(tag);
  }
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
    throw malformed('time out of range');
  }
  return { seconds, nanos };
}

export function encodeTimestamp(w: Writer, m: Timestamp): void {
  if (m.nanos) {
    w.int32(m.nanos);
    w.byte(16);
  }
  if (m.seconds) {
    w.uint64(m.seconds);
    w.byte(8);
  }
}

export function decodeAny(r: Reader, m: Any = { typeUrl: '', value: new Uint8Array() }): Any {
  let { typeUrl, value } = m;
  while (r.pos < r.end) {
    const tag = r.uint32();
    if (tag === 10) typeUrl = r.string();
    else if (tag === 18) value = r.bytes();
    else r.skip(tag);
  }
  return { typeUrl, value };
}

export function encodeAny(w: Writer, m: Any): void {
  if (m.value.length > 0) {
    w.bytes(m.value);
    w.byte(18);
  }
  if (m.typeUrl) {
    w.string(m.typeUrl);
    w.byte(10);
  }
}

export function decodeFieldMask(r: Reader, m: Draft<FieldMask> = {}): FieldMask {
  while (r.pos < r.end) {
    const tag = r.uint32();
    if (tag === 10) m.paths = append(m.paths, r.string());
    else r.skip(tag);
  }
  return m;
}

export function encodeFieldMask(w: Writer, m: FieldMask): void {
  for (const path of m.paths?.toReversed() ?? []) {
    w.string(path);
    w.byte(10);
  }
}

export function decodeBoolValue(r: Reader, value = false): boolean {
  while (r.pos < r.end) {
    const tag = r.uint32();
    if (tag === 8) value = r.bool();
    else r.skip(tag);
  }
  return value;
}

export function encodeBoolValue(w: Writer, value: boolean): void {
  if (!value) return;
  w.byte(1);
  w.byte(8);
}

export function decodeUInt32Value(r: Reader, value = 0): number {
  while (r.pos < r.end) {
    const tag = r.uint32();
    if (tag === 8) value = r.uint32();
    else r.skip(tag);
  }
  return value;
}

export function encodeUInt32Value(w: Writer, value: number): void {
  if (value === 0) return;
  w.uint32(value);
  w.byte(8);
}

export function decodeInt32Value(r: Reader, value = 0): number {
  return decodeUInt32Value(r, value) | 0;
}

export function encodeInt32Value(w: Writer, value: number): void {
  if (value === 0) return;
  w.int32(value);
  w.byte(8);
}
