/** Random messages of the schema, in memory as ours and as protobufjs wants them. */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { loadSchema, messagesOf, PACKAGES, propertyName } from '../../scripts/schema.ts';

type Message = Readonly<Record<string, unknown>>;

const schema = loadSchema();
const nameOf = (type: protobuf.Type): string => type.fullName.replace(/^\./, '');

/** Every message of `proto/`: protobufjs's type and the name our functions have. */
export const TYPES = PACKAGES.flatMap((pkg) =>
  messagesOf(schema, pkg).map((type) => ({
    type,
    file: pkg.file,
    name: nameOf(type)
      .slice(pkg.name.length + 1)
      .replaceAll('.', ''),
  })),
);

/** A type of the schema by its full name. */
export const lookupType = (name: string): protobuf.Type => schema.lookupType(name);

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.stringMatching(/^[ -~]{0,40}$/));
const exact = (value: bigint): number | bigint =>
  value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 40 }),
  double: fc.double({ noNaN: true }).map((v) => v || 0),
  int32: fc.integer(),
  uint32: fc.nat(0xffffffff),
  uint64: fc.bigInt(0n, 2n ** 64n - 1n).map(exact),
  int64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(exact),
};
const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Message> =>
  fc.record(fields, { noNullPrototype: true });
const WELL_KNOWN: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'google.protobuf.Timestamp': record({
    seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
  }),
  'google.protobuf.Any': record({ typeUrl: text, value: fc.uint8Array({ maxLength: 20 }) }),
  'google.protobuf.FieldMask': record({ paths: fc.array(text, { minLength: 1, maxLength: 3 }) }),
  'google.protobuf.BoolValue': fc.boolean(),
  'google.protobuf.UInt32Value': fc.nat(0xffffffff),
  'google.protobuf.Int32Value': fc.integer(),
};
const isZero = (value: unknown): boolean =>
  value === 0 || value === '' || value === false || (value instanceof Uint8Array && value.length === 0);
const isWrapper = (type: protobuf.ReflectionObject | null): boolean =>
  type !== null && /^\.google\.protobuf\.\w+Value$/.test(type.fullName);

function fieldArbitrary(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const target = field.resolve().resolvedType;
  if (target instanceof protobuf.Enum) return fc.oneof(fc.constantFrom(...Object.values(target.values)), fc.integer());
  if (target instanceof protobuf.Type) return WELL_KNOWN[nameOf(target)] ?? messageArbitrary(target, depth + 1);
  return SCALARS[field.type] ?? fc.constant(undefined);
}

/** Messages without zero values where the wire has none, and with one field of each oneof at most. */
export function messageArbitrary(type: protobuf.Type, depth = 0): fc.Arbitrary<Message> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of type.fieldsArray) {
    const one = fieldArbitrary(field, depth);
    const many = fc.array(one, { minLength: 1, maxLength: 3 });
    fields[propertyName(field.name)] = fc.option(field.repeated ? many : one, {
      nil: undefined,
      freq: depth > 0 ? 1 : 2,
    });
  }
  const choices = type.oneofsArray.map((oneof) => oneof.fieldsArray.map((field) => propertyName(field.name)));
  const repeated = new Set(type.fieldsArray.filter((f) => f.repeated).map((f) => propertyName(f.name)));
  const messages = new Set(
    type.fieldsArray.filter((f) => f.resolve().resolvedType instanceof protobuf.Type).map((f) => propertyName(f.name)),
  );
  return record(fields).map((drawn) => {
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(drawn)) {
      const choice = choices.find((names) => names.includes(name));
      if (value === undefined || choice?.some((other) => kept[other] !== undefined)) continue;
      if (!messages.has(name) && !repeated.has(name) && isZero(value)) continue;
      kept[name] = value;
    }
    return kept;
  });
}

function valueToProto(field: protobuf.Field, value: unknown): unknown {
  const target = field.resolve().resolvedType;
  if (isWrapper(target)) return { value };
  if (target instanceof protobuf.Type && target.fullName === '.google.protobuf.Any') {
    const { typeUrl, value: bytes } = value as { typeUrl: string; value: Uint8Array };
    return { type_url: typeUrl, value: bytes };
  }
  if (target instanceof protobuf.Type) return toProto(target, value as Message);
  return typeof value === 'bigint' || /64$/.test(field.type) ? String(value) : value;
}

/** The message as a plain object for protobufjs: proto names, 64-bit integers as text. */
export function toProto(type: protobuf.Type, message: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = message[propertyName(field.name)];
    if (value === undefined) continue;
    result[field.name] = Array.isArray(value)
      ? value.map((item) => valueToProto(field, item))
      : valueToProto(field, value);
  }
  return result;
}

/** The bytes that protobufjs makes of a message of ours. */
export function encodeByProtobufjs(type: protobuf.Type, message: Message): Uint8Array {
  return type.encode(type.fromObject(toProto(type, message))).finish();
}

/** What protobufjs reads from bytes, as a plain object like that of `toProto`. */
export function decodeByProtobufjs(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  return type.toObject(type.decode(bytes), { longs: String, defaults: false });
}
