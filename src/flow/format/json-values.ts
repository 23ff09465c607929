import { NetwatchError } from '../../base/error.ts';
import type { Any, FieldMask, Timestamp, Uint64 } from '../basics.ts';
import { decodeBase64 } from './base64.ts';
import { isValidTimestamp, parseRfc3339 } from './rfc3339.ts';

const MAX_SHOWN = 40;

/** The error for a JSON value that a field cannot hold. `path` is dotted proto names. */
export function wrongValue(path: string, expected: string, value: unknown): NetwatchError {
  const text = JSON.stringify(value) ?? String(value);
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return new NetwatchError('input', `${path}: expected ${expected}, got ${shown}`);
}

function integer(path: string, value: unknown, least: number, most: number): number {
  const number = typeof value === 'string' && value.trim() === value && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
    throw wrongValue(path, `an integer from ${least} to ${most}`, value);
  }
  return number;
}

function integer64(path: string, value: unknown, signed: boolean): Uint64 {
  if (typeof value === 'number' && Number.isSafeInteger(value) && (signed || value >= 0)) return value;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) {
    const number = Number(value);
    if (Number.isSafeInteger(number) && (signed || number >= 0)) return number;
    const exact = BigInt(value);
    if ((signed ? BigInt.asIntN(64, exact) : BigInt.asUintN(64, exact)) === exact) return exact;
  }
  throw wrongValue(path, '64-bit integer, in quotes if above 2^53,', value);
}

function text(path: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongValue(path, 'text', value);
  return value;
}

function truth(path: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongValue(path, 'true or false', value);
  return value;
}

function bytes(path: string, value: unknown): Uint8Array {
  try {
    return decodeBase64(text(path, value));
  } catch (cause) {
    if (cause instanceof NetwatchError) throw cause;
    throw wrongValue(path, 'base64', value);
  }
}

function timestamp(path: string, value: unknown): Timestamp {
  const time = parseRfc3339(text(path, value));
  if (time === undefined || !isValidTimestamp(time)) throw wrongValue(path, 'an RFC 3339 time', value);
  return time;
}

function double(path: string, value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw wrongValue(path, 'a number', value);
}

function any(path: string, value: unknown): Any | undefined {
  const { '@type': typeUrl, value: inner } = value as Record<string, unknown>;
  if (typeof inner !== 'string') return undefined;
  return { typeUrl: text(`${path}.@type`, typeUrl), value: bytes(`${path}.value`, inner) };
}

const fieldMask = (path: string, value: unknown): FieldMask => ({
  paths: text(path, value).split(',').filter(Boolean),
});
const uint32 = (path: string, value: unknown): number => integer(path, value, 0, 2 ** 32 - 1);
const int32 = (path: string, value: unknown): number => integer(path, value, -(2 ** 31), 2 ** 31 - 1);

/** Turns a JSON value into a field's value, or throws `NetwatchError('input')` that names the path. */
export type ValueReader = (path: string, value: unknown) => unknown;

/** Readers of the scalar and well-known kinds of `MESSAGES`. An Any whose content is spelled out reads as nothing. */
export const SCALAR_READERS: Readonly<Record<string, ValueReader>> = {
  string: text,
  bool: truth,
  'bool?': truth,
  uint32,
  'uint32?': uint32,
  int32,
  'int32?': int32,
  double,
  uint64: (path, value) => integer64(path, value, false),
  int64: (path, value) => integer64(path, value, true),
  bytes,
  timestamp,
  fieldmask: fieldMask,
  any,
};
