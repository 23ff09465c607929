import type { Any, FieldMask, Timestamp, Uint64 } from '../basics.ts';
import type { Flow, FlowFilter } from '../gen/flow.ts';
import { ENUMS, MESSAGES } from '../gen/schema.ts';
import type { FlowEvent } from '../source.ts';
import { encodeBase64 } from './base64.ts';
import { namesOf } from './enum-names.ts';
import { jsonString } from './json-string.ts';
import { formatRfc3339 } from './rfc3339.ts';

/** `@type` of a `FlowDetail` in JSON: Struct, because the stock hubble CLI can resolve no type of ours. */
export const STRUCT_TYPE = 'type.googleapis.com/google.protobuf.Struct';

type Message = Readonly<Record<string, unknown>>;
/** The text of one value; '' when the field is at its zero value and therefore left out. */
type ValueWriter = (value: never) => string;
type MessageWriter = (message: Message) => string;

const SCALARS: Readonly<Record<string, ValueWriter>> = {
  string: (value: string) => (value === '' ? '' : jsonString(value)),
  bool: (value: boolean) => (value ? 'true' : ''),
  'bool?': (value: boolean) => (value ? 'true' : 'false'),
  uint32: (value: number) => (value === 0 ? '' : String(value)),
  int32: (value: number) => (value === 0 ? '' : String(value)),
  'uint32?': (value: number) => String(value),
  'int32?': (value: number) => String(value),
  double: (value: number) => (value === 0 ? '' : Number.isFinite(value) ? String(value) : `"${value}"`),
  uint64: (value: Uint64) => (value === 0 || value === 0n ? '' : `"${value}"`),
  int64: (value: Uint64) => (value === 0 || value === 0n ? '' : `"${value}"`),
  bytes: (value: Uint8Array) => (value.length === 0 ? '' : `"${encodeBase64(value)}"`),
  timestamp: (value: Timestamp) => `"${formatRfc3339(value)}"`,
  fieldmask: (value: FieldMask) => jsonString((value.paths ?? []).join(',')),
  any: (value: Any) => `{"@type":${jsonString(value.typeUrl)},"value":"${encodeBase64(value.value)}"}`,
};
/** Elements of a list are written even at their zero value. */
const ZERO: Readonly<Record<string, string>> = {
  string: '""',
  bool: 'false',
  uint64: '"0"',
  int64: '"0"',
  bytes: '""',
};

const writers = new Map<string, MessageWriter>();
const enumWriters = new Map<string, ValueWriter>();

function enumWriter(name: string): ValueWriter {
  const known = enumWriters.get(name);
  if (known !== undefined) return known;
  const values = ENUMS[name] ?? {};
  const nameOf = namesOf(values);
  const texts = new Map(Object.values(values).map((value) => [value, `"${nameOf(value)}"`]));
  const write = (value: number) => (value === 0 ? '' : (texts.get(value) ?? String(value)));
  enumWriters.set(name, write);
  return write;
}

/** A message refers to itself through others, so its writer is looked up when first used. */
function deferred(name: string): MessageWriter {
  let write: MessageWriter | undefined;
  return (message) => {
    write ??= messageWriter(name);
    return write(message);
  };
}

/** Remembers the text of a message as long as the message lives. */
function remembered(write: MessageWriter): MessageWriter {
  const texts = new WeakMap<Message, string>();
  return (message) => {
    const known = texts.get(message);
    if (known !== undefined) return known;
    const text = write(message);
    texts.set(message, text);
    return text;
  };
}

function valueWriter(kind: string): ValueWriter {
  if (kind.startsWith('enum ')) return enumWriter(kind.slice(5));
  const write = SCALARS[kind] ?? (deferred(kind) as ValueWriter);
  // Sources give flows of the same endpoint the same object.
  return kind === 'flow.Endpoint' ? (remembered(write as MessageWriter) as ValueWriter) : write;
}

function zeroText(kind: string): string {
  if (!kind.startsWith('enum ')) return ZERO[kind] ?? '0';
  return jsonString(namesOf(ENUMS[kind.slice(5)] ?? {})(0));
}

function listWriter(kind: string): ValueWriter {
  const write = valueWriter(kind);
  const zero = zeroText(kind);
  return (values: readonly never[]) => {
    if (values.length === 0) return '';
    let text = '[';
    for (let i = 0; i < values.length; i++) {
      if (i > 0) text += ',';
      text += write(values[i] as never) || zero;
    }
    return `${text}]`;
  };
}

/** `Flow.extensions`: our detail spelled out, any other vendor's bytes as they are. */
function writeExtensions(flow: Flow): string {
  if (flow.detail !== undefined) {
    return `{"@type":"${STRUCT_TYPE}","value":${messageWriter('netwatch.v1.FlowDetail')(flow.detail as Message)}}`;
  }
  return flow.extensions === undefined ? '' : (SCALARS.any as (value: Any) => string)(flow.extensions);
}

function messageWriter(name: string): MessageWriter {
  const known = writers.get(name);
  if (known !== undefined) return known;
  const fields = (MESSAGES[name] ?? []).map((field) => {
    const [key = '', property = '', ...rest] = field.split(' ');
    const kind = rest.join(' ');
    const write = kind.endsWith('[]') ? listWriter(kind.slice(0, -2)) : valueWriter(kind);
    return { head: `,"${key}":`, property, write, extensions: kind === 'extensions' };
  });
  const writer: MessageWriter = (message) => {
    let text = '';
    for (const { head, property, write, extensions } of fields) {
      const value = extensions ? undefined : message[property];
      if (value === undefined && !extensions) continue;
      const written = extensions ? writeExtensions(message as Flow) : write(value as never);
      if (written !== '') text += head + written;
    }
    return text === '' ? '{}' : `{${text.slice(1)}}`;
  };
  writers.set(name, writer);
  return writer;
}

/**
 * One message in protobuf's JSON as Hubble prints it: proto field names, declaration order, zero values left out,
 * enums by name (by number when unknown), 64-bit integers as strings, times in RFC 3339.
 * `name` is a key of `MESSAGES`.
 */
export function messageToJson(name: string, message: object): string {
  return messageWriter(name)(message as Message);
}

/** One event as Hubble's `-o jsonpb`, without the line feed. */
export const eventToJson = (event: FlowEvent): string => messageToJson('observer.GetFlowsResponse', event);
/** One filter as `--allowlist` reads it and `--print-raw-filters` prints it. */
export const filterToJson = (filter: FlowFilter): string => messageToJson('flow.FlowFilter', filter);
