import { messageOf, NetwatchError } from '../../base/error.ts';
import type { FlowFilter } from '../gen/flow.ts';
import { ENUMS, MESSAGES } from '../gen/schema.ts';
import type { FlowEvent } from '../source.ts';
import { STRUCT_TYPE } from './json.ts';
import { SCALAR_READERS, type ValueReader, wrongValue } from './json-values.ts';

/** Hears of a field or an enum name this build does not know, as a dotted path. It is left out of the result. */
export type OnUnknown = (path: string) => void;

interface FieldReader {
  readonly property: string;
  readonly kind: string;
  readonly repeated: boolean;
}
type Plain = Readonly<Record<string, unknown>>;

const DETAIL = 'netwatch.v1.FlowDetail';
const fieldsOf = new Map<string, ReadonlyMap<string, FieldReader>>();

const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Fields by every name JSON may use: the proto name and its lowerCamelCase. */
function fieldsByName(message: string): ReadonlyMap<string, FieldReader> {
  const known = fieldsOf.get(message);
  if (known !== undefined) return known;
  const fields = new Map<string, FieldReader>();
  for (const line of MESSAGES[message] ?? []) {
    const [name = '', property = '', ...rest] = line.split(' ');
    const kind = rest.join(' ');
    const repeated = kind.endsWith('[]');
    const field = { property, kind: repeated ? kind.slice(0, -2) : kind, repeated };
    fields.set(name, field);
    fields.set(camelCase(name), field);
  }
  fieldsOf.set(message, fields);
  return fields;
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the values of one JSON document; keeps who is to be told of unknown names. */
class JsonReader {
  readonly #onUnknown: OnUnknown;

  constructor(onUnknown: OnUnknown) {
    this.#onUnknown = onUnknown;
  }

  message(name: string, path: string, value: unknown): Record<string, unknown> {
    if (!isPlain(value)) throw wrongValue(path, 'an object', value);
    const fields = fieldsByName(name);
    const result: Record<string, unknown> = {};
    for (const key in value) {
      const inner = value[key];
      const field = fields.get(key);
      if (field === undefined) this.#onUnknown(`${path}.${key}`);
      else if (inner !== null) this.#field(result, field, `${path}.${key}`, inner);
    }
    return result;
  }

  #field(result: Record<string, unknown>, { property, kind, repeated }: FieldReader, path: string, value: unknown) {
    if (kind === 'extensions') {
      this.#extensions(result, path, value);
    } else if (!repeated) {
      const read = this.#value(kind, path, value);
      if (read !== undefined) result[property] = read;
    } else {
      if (!Array.isArray(value)) throw wrongValue(path, 'a list', value);
      const read = value.map((element) => this.#value(kind, path, element));
      result[property] = read.filter((element) => element !== undefined);
    }
  }

  #value(kind: string, path: string, value: unknown): unknown {
    const scalar: ValueReader | undefined = SCALAR_READERS[kind];
    if (scalar !== undefined) return scalar(path, value);
    return kind.startsWith('enum ') ? this.#enum(kind.slice(5), path, value) : this.message(kind, path, value);
  }

  #enum(name: string, path: string, value: unknown): number | undefined {
    if (typeof value === 'number') return SCALAR_READERS.int32?.(path, value) as number;
    if (typeof value !== 'string') throw wrongValue(path, 'a name or a number', value);
    const values = ENUMS[name];
    if (values !== undefined && Object.hasOwn(values, value)) return values[value];
    this.#onUnknown(`${path} ${value}`);
    return undefined;
  }

  /** Our own detail is recognised by its fields: another vendor's Struct in the same place has others. */
  #extensions(result: Record<string, unknown>, path: string, value: unknown): void {
    if (!isPlain(value)) throw wrongValue(path, 'an object', value);
    const inner = value.value;
    if (value['@type'] === STRUCT_TYPE && isPlain(inner)) {
      const known = fieldsByName(DETAIL);
      if (Object.keys(inner).every((key) => known.has(key)))
        result.detail = this.message(DETAIL, `${path}.value`, inner);
      else this.#onUnknown(path);
      return;
    }
    const read = SCALAR_READERS.any?.(path, value);
    if (read === undefined) this.#onUnknown(path);
    else result.extensions = read;
  }
}

/** The values of one JSON text. Throws `NetwatchError('input')` when it is not JSON. */
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
  return new JsonReader(onUnknown).message('observer.GetFlowsResponse', 'line', parseJson(text)) as FlowEvent;
}

/** Reads one filter in JSON; an unknown field or enum name is an error here, because it would match too much. */
export function filterFromJson(text: string): FlowFilter {
  const refuse = (path: string): never => {
    throw new NetwatchError('input', `unknown ${path.includes(' ') ? 'value' : 'field'} ${path}`);
  };
  return new JsonReader(refuse).message('flow.FlowFilter', 'filter', parseJson(text)) as FlowFilter;
}
