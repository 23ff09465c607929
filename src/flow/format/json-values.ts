import type { Any, FieldMask, Timestamp, Uint64 } from '../basics.ts';
import { decodeBase64 } from './base64.ts';
import { isValidTimestamp, parseRfc3339 } from './rfc3339.ts';

/** Throws the error for a value that a field cannot hold; it knows which field that is. */
export type Refuse = (expected: string, value: unknown) => never;

/** Turns a JSON value into a field's value, or refuses it. */
export type ValueReader = (value: unknown, refuse: Refuse) => unknown;

function integer(value: unknown, refuse: Refuse, least: number, most: number): number {
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(`an integer from ${least} to ${most}`, value);
}

function integer64(value: unknown, refuse: Refuse, signed: boolean): Uint64 {
  if (typeof value === 'number' && Number.isSafeInteger(value) && (signed || value >= 0)) return value;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) {
    const number = Number(value);
    if (Number.isSafeInteger(number) && (signed || number >= 0)) return number;
    const exact = BigInt(value);
    if ((signed ? BigInt.asIntN(64, exact) : BigInt.asUintN(64, exact)) === exact) return exact;
  }
  return refuse('a 64-bit integer, in quotes if above 2^53', value);
}

function text(value: unknown, refuse: Refuse): string {
  return typeof value === 'string' ? value : refuse('text', value);
}

function truth(value: unknown, refuse: Refuse): boolean {
  return typeof value === 'boolean' ? value : refuse('true or false', value);
}

function bytes(value: unknown, refuse: Refuse): Uint8Array {
  const encoded = text(value, refuse);
  return /^[-\w+/]*={0,2}$/.test(encoded) && encoded.replace(/=+$/, '').length % 4 !== 1
    ? decodeBase64(encoded)
    : refuse('base64', value);
}

function timestamp(value: unknown, refuse: Refuse): Timestamp {
  const time = parseRfc3339(text(value, refuse));
  return time !== undefined && isValidTimestamp(time) ? time : refuse('an RFC 3339 time', value);
}

function double(value: unknown, refuse: Refuse): number {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : refuse('a number', value);
}

function any(value: unknown, refuse: Refuse): Any | undefined {
  if (typeof value !== 'object' || value === null) return refuse('an object', value);
  const { '@type': typeUrl, value: inner } = value as Record<string, unknown>;
  return typeof inner === 'string' ? { typeUrl: text(typeUrl, refuse), value: bytes(inner, refuse) } : undefined;
}

function fieldMask(value: unknown, refuse: Refuse): FieldMask {
  return { paths: text(value, refuse).split(',').filter(Boolean) };
}

const uint32: ValueReader = (value, refuse) => integer(value, refuse, 0, 2 ** 32 - 1);
/** An integer of 32 bits with a sign: also the number of an enum value. */
export const readInt32 = (value: unknown, refuse: Refuse): number => integer(value, refuse, -(2 ** 31), 2 ** 31 - 1);
/** An Any whose content is bytes; nothing when its content is spelled out, because that takes its schema. */
export const readAny = any;

/** Readers of the scalar and well-known kinds of `MESSAGES`. */
export const SCALAR_READERS: ReadonlyMap<string, ValueReader> = new Map<string, ValueReader>([
  ['string', text],
  ['bool', truth],
  ['bool?', truth],
  ['uint32', uint32],
  ['uint32?', uint32],
  ['int32', readInt32],
  ['int32?', readInt32],
  ['double', double],
  ['uint64', (value, refuse) => integer64(value, refuse, false)],
  ['int64', (value, refuse) => integer64(value, refuse, true)],
  ['bytes', bytes],
  ['timestamp', timestamp],
  ['fieldmask', fieldMask],
  ['any', any],
]);
