import { messageOf, NetwatchError } from '../../base/error.ts';
import type { FlowFilter } from '../gen/flow.ts';
import { ENUMS, MESSAGES } from '../gen/schema.ts';
import type { FlowEvent } from '../source.ts';
import { STRUCT_TYPE } from './json.ts';
import { type Refuse, readAny, readInt32, SCALAR_READERS, type ValueReader } from './json-values.ts';

/** Hears of a field or an enum name this build does not know, as a dotted path. It is left out of the result. */
export type OnUnknown = (path: string) => void;

type Plain = Readonly<Record<string, unknown>>;
type Fields = ReadonlyMap<string, FieldReader>;
type FieldReader = (reader: JsonReader, value: unknown, result: Record<string, unknown>) => void;
type Reader = (reader: JsonReader, value: unknown) => unknown;

const DETAIL = 'netwatch.v1.FlowDetail';
const MAX_SHOWN = 40;
const messages = new Map<string, Fields>();

const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readerOf(kind: string): Reader {
  const scalar: ValueReader | undefined = SCALAR_READERS.get(kind);
  if (scalar !== undefined) return (reader, value) => scalar(value, reader.refuse);
  if (!kind.startsWith('enum ')) {
    // Looked up when first used: a message may refer to itself through others.
    let fields: Fields | undefined;
    return (reader, value) => {
      fields ??= fieldsOf(kind);
      return reader.message(fields, value);
    };
  }
  const values = new Map(Object.entries(ENUMS[kind.slice(5)] ?? {}));
  return (reader, value) => {
    if (typeof value === 'number') return readInt32(value, reader.refuse);
    if (typeof value !== 'string') return reader.refuse('a name or a number', value);
    const number = values.get(value);
    if (number === undefined) reader.tellUnknown(` ${value}`);
    return number;
  };
}

function fieldReader(property: string, kind: string): FieldReader {
  if (kind === 'extensions') return (reader, value, result) => reader.extensions(value, result);
  if (kind.endsWith('[]')) {
    const read = readerOf(kind.slice(0, -2));
    return (reader, value, result) => {
      if (!Array.isArray(value)) return reader.refuse('a list', value);
      const list: unknown[] = [];
      for (const element of value) {
        const known = read(reader, element);
        if (known !== undefined) list.push(known);
      }
      result[property] = list;
    };
  }
  const read = readerOf(kind);
  return (reader, value, result) => {
    const known = read(reader, value);
    if (known !== undefined) result[property] = known;
  };
}

/** Fields by every name JSON may use: the proto name and its lowerCamelCase. */
function fieldsOf(message: string): Fields {
  const known = messages.get(message);
  if (known !== undefined) return known;
  const fields = new Map<string, FieldReader>();
  for (const line of MESSAGES[message] ?? []) {
    const [name = '', property = '', ...kind] = line.split(' ');
    const read = fieldReader(property, kind.join(' '));
    fields.set(name, read);
    fields.set(camelCase(name), read);
  }
  messages.set(message, fields);
  return fields;
}

/** Reads the values of one JSON document, and knows where in it it is. */
class JsonReader {
  readonly #onUnknown: OnUnknown;
  /** Keys of the objects around the current field, and its own. */
  readonly #path: string[] = [];
  #key = '';

  constructor(onUnknown: OnUnknown) {
    this.#onUnknown = onUnknown;
  }

  get #where(): string {
    return [...this.#path, this.#key].filter(Boolean).join('.');
  }

  readonly refuse: Refuse = (expected, value) => {
    const text = JSON.stringify(value) ?? String(value);
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
    const where = this.#where;
    throw new NetwatchError('input', `${where === '' ? '' : `${where}: `}expected ${expected}, got ${shown}`);
  };

  tellUnknown(what = ''): void {
    this.#onUnknown(this.#where + what);
  }

  message(fields: Fields, value: unknown): Record<string, unknown> {
    if (!isPlain(value)) return this.refuse('an object', value);
    const result: Record<string, unknown> = {};
    this.#path.push(this.#key);
    for (const key in value) {
      this.#key = key;
      const read = fields.get(key);
      const inner = value[key];
      if (read === undefined) this.tellUnknown();
      else if (inner !== null) read(this, inner, result);
    }
    this.#key = this.#path.pop() ?? '';
    return result;
  }

  /** Our own detail is recognised by its fields: another vendor's Struct in the same place has others. */
  extensions(value: unknown, result: Record<string, unknown>): void {
    const inner = isPlain(value) ? value.value : undefined;
    if (isPlain(value) && value['@type'] === STRUCT_TYPE && isPlain(inner)) {
      const known = fieldsOf(DETAIL);
      if (Object.keys(inner).every((key) => known.has(key))) result.detail = this.message(known, inner);
      else this.tellUnknown();
      return;
    }
    const read = readAny(value, this.refuse);
    if (read === undefined) this.tellUnknown();
    else result.extensions = read;
  }
}

/** The value of one JSON text. Throws `NetwatchError('input')` when it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NetwatchError('input', messageOf(cause), { cause });
  }
}

/**
 * Reads one line of Hubble's JSON: proto names or lowerCamelCase, enums by name or number, 64-bit integers as text
 * or number. `null` is the zero value. Unknown fields and enum names are told to `onUnknown` and left out.
 * Throws `NetwatchError('input')` that names the field when a value has the wrong type.
 */
export function eventFromJson(text: string, onUnknown: OnUnknown): FlowEvent {
  return new JsonReader(onUnknown).message(fieldsOf('observer.GetFlowsResponse'), parseJson(text)) as FlowEvent;
}

/** Reads one filter in JSON; an unknown field or enum name is an error here, because it would match too much. */
export function filterFromJson(text: string): FlowFilter {
  const refuse = (path: string): never => {
    throw new NetwatchError('input', `unknown ${path.includes(' ') ? 'value' : 'field'} ${path}`);
  };
  return new JsonReader(refuse).message(fieldsOf('flow.FlowFilter'), parseJson(text)) as FlowFilter;
}
