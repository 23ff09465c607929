/**
 * Writes `src/wire/gen/*.ts`: for every message in `proto/` one function that decodes and one that encodes it.
 *
 * The code is straight lines on purpose: no table is interpreted and no field is looked up by name. Decoders accept
 * fields in any order, packed and unpacked repeated numbers, and merge a nested message that comes twice, as the
 * protobuf specification wants. Encoders write backwards (see `src/wire/writer.ts`) and leave zero values out.
 */
import { writeFileSync } from 'node:fs';
import type { Field, Namespace, OneOf, Type } from 'protobufjs';
import protobuf from 'protobufjs';
import { loadSchema, messagesOf, PACKAGES, type Package, propertyName } from './schema.ts';

/** Reader and Writer method of a scalar, and whether it repeats packed. */
const SCALARS: Readonly<Record<string, string>> = {
  bool: 'bool',
  string: 'string',
  bytes: 'bytes',
  double: 'double',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
};
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'Timestamp',
  'google.protobuf.Any': 'Any',
  'google.protobuf.FieldMask': 'FieldMask',
  'google.protobuf.BoolValue': 'BoolValue',
  'google.protobuf.UInt32Value': 'UInt32Value',
  'google.protobuf.Int32Value': 'Int32Value',
};
/** Strings that hardly repeat: looking for them among the known ones would be in vain. */
const UNIQUE = new Set(['flow.Flow.uuid', 'flow.TraceParent.trace_id']);
/** Messages that come again and again with the same content. */
const REPEATING = new Set(['flow.Endpoint']);
const EXTENSIONS = 'flow.Flow.extensions';

const qualified = (node: { fullName: string }) => node.fullName.replace(/^\./, '');
const flat = (pkg: Package, node: { fullName: string }) =>
  qualified(node)
    .slice(pkg.name.length + 1)
    .replaceAll('.', '');

interface Target {
  /** Suffix of the functions: `IP` of `decodeIP`, with a namespace when it lives in another file. */
  readonly decode: string;
  readonly encode: string;
  readonly repeating: string | undefined;
}

function packageOf(node: { fullName: string }): Package {
  const owner = PACKAGES.find((p) => qualified(node).startsWith(`${p.name}.`));
  if (owner === undefined) throw new Error(`no package for ${qualified(node)}`);
  return owner;
}

function targetOf(pkg: Package, type: Type): Target {
  const known = WELL_KNOWN[qualified(type)];
  if (known !== undefined) return { decode: `decode${known}`, encode: `encode${known}`, repeating: undefined };
  const owner = packageOf(type);
  const space = owner === pkg ? '' : `${owner.file}Codec.`;
  const name = flat(owner, type);
  const repeating = REPEATING.has(qualified(type))
    ? `${space}${name.charAt(0).toLowerCase()}${name.slice(1)}Cache`
    : undefined;
  return { decode: `${space}decode${name}`, encode: `${space}encode${name}`, repeating };
}

const wireType = (field: Field): number => {
  if (field.resolvedType instanceof protobuf.Type || field.type === 'string' || field.type === 'bytes') return 2;
  return field.type === 'double' ? 1 : 0;
};
const tagOf = (field: Field, type: number) => ((field.id << 3) | type) >>> 0;
const scalarOf = (field: Field): string => {
  if (field.resolvedType instanceof protobuf.Enum) return 'int32';
  const method = SCALARS[field.type];
  if (method === undefined) throw new Error(`${field.fullName}: no method for ${field.type}`);
  return UNIQUE.has(qualified(field)) ? 'uniqueString' : method;
};

function decodeNested(pkg: Package, field: Field): string {
  const name = propertyName(field.name);
  const { decode, repeating } = targetOf(pkg, field.resolvedType as Type);
  if (field.repeated) return `m.${name} = append(m.${name}, ${decode}(r));`;
  if (repeating === undefined) return `m.${name} = ${decode}(r, m.${name});`;
  return `m.${name} = m.${name} === undefined ? ${repeating}.read(r) : ${decode}(r, structuredClone(m.${name}));`;
}

/** A field of a oneof: the last one on the wire is the one that counts. */
function oneofLines(field: Field): string {
  const others = (field.partOf as OneOf | null)?.fieldsArray.filter((f) => f !== field) ?? [];
  if (others.length === 0) return '';
  const clear = others.map((f) => `delete m.${propertyName(f.name)};`).join(' ');
  return `if (which !== ${field.id}) { if (which !== 0) { ${clear} } which = ${field.id}; } `;
}

function decodeField(pkg: Package, field: Field): string[] {
  const name = propertyName(field.name);
  const label = `case ${tagOf(field, wireType(field))}:`;
  if (qualified(field) === EXTENSIONS) {
    return [`${label} { const outer = r.enter(); readExtensions(m, decodeAny(r)); r.end = outer; break; }`];
  }
  if (field.resolvedType instanceof protobuf.Type) {
    return [
      `${label} { ${oneofLines(field)}const outer = r.enter(); ${decodeNested(pkg, field)} r.end = outer; break; }`,
    ];
  }
  const scalar = scalarOf(field);
  if (!field.repeated) return [`${label} m.${name} = r.${scalar}(); break;`];
  const one = `${label} m.${name} = append(m.${name}, r.${scalar}()); break;`;
  if (wireType(field) === 2) return [one];
  const packed = `case ${tagOf(field, 2)}: { const outer = r.enter(); while (r.pos < r.end) m.${name} = append(m.${name}, r.${scalar}()); r.end = outer; break; }`;
  return [one, packed];
}

function decoderText(pkg: Package, message: Type): string {
  const name = flat(pkg, message);
  const type = `types.${name}`;
  const cases = message.fieldsArray.flatMap((field) => decodeField(pkg, field));
  const which = cases.some((line) => line.includes('which'))
    ? ['  let which = Object.keys(m).length === 0 ? 0 : -1;']
    : [];
  const body =
    cases.length === 0
      ? ['    r.skip(r.uint32());']
      : [
          '    const tag = r.uint32();',
          '    switch (tag) {',
          ...cases.map((c) => `      ${c}`),
          '      default: r.skip(tag);',
          '    }',
        ];
  return [
    `/** Reads a ${qualified(message)} up to the end of the reader's current message, into \`m\` when given. */`,
    `export function decode${name}(r: Reader, m: Draft<${type}> = {}): ${type} {`,
    ...which,
    '  while (r.pos < r.end) {',
    ...body,
    '  }',
    '  return m;',
    '}',
  ].join('\n');
}

const tagCall = (field: Field, type: number) => {
  const tag = tagOf(field, type);
  if (tag < 0x80) return `w.byte(${tag});`;
  return tag < 0x4000 ? `w.pair(${(tag & 0x7f) | 0x80}, ${tag >>> 7});` : `w.uint32(${tag});`;
};

function encodeValue(pkg: Package, field: Field, value: string): string {
  const type = field.resolvedType;
  if (!(type instanceof protobuf.Type)) {
    return `w.${scalarOf(field).replace('uniqueString', 'string').replace('int64', 'uint64').replace('uuint64', 'uint64')}(${value});`;
  }
  const { encode, repeating } = targetOf(pkg, type);
  if (repeating !== undefined) return `w.embed(${value}, ${encode});`;
  return `const mark = w.length; ${encode}(w, ${value}); w.uint32(w.since(mark));`;
}

function encodeField(pkg: Package, field: Field): string {
  const name = propertyName(field.name);
  const packed = field.repeated && wireType(field) !== 2;
  if (field.repeated) {
    const each = `for (let i = m.${name}.length - 1; i >= 0; i--) { const v = m.${name}[i]; if (v === undefined) continue; ${encodeValue(pkg, field, 'v')}`;
    if (!packed) return `if (m.${name} !== undefined) ${each} ${tagCall(field, 2)} }`;
    return `if (m.${name} !== undefined && m.${name}.length > 0) { const mark = w.length; ${each} } w.uint32(w.since(mark)); ${tagCall(field, 2)} }`;
  }
  if (qualified(field) === EXTENSIONS) return `writeExtensions(w, m, ${tagOf(field, 2)});`;
  const nested = field.resolvedType instanceof protobuf.Type;
  const present = nested ? `m.${name} !== undefined` : field.type === 'bytes' ? `m.${name}?.length` : `m.${name}`;
  return `if (${present}) { ${encodeValue(pkg, field, `m.${name}`)} ${tagCall(field, wireType(field))} }`;
}

function encoderText(pkg: Package, message: Type): string {
  const name = flat(pkg, message);
  const fields = [...message.fieldsArray].sort((a, b) => b.id - a.id);
  const lines = fields.map((field) => `  ${encodeField(pkg, field)}`);
  const unused = fields.length === 0 ? '_' : '';
  return [
    `/** Writes a ${qualified(message)}. */`,
    `export function encode${name}(${unused}w: Writer, ${unused}m: types.${name}): void {`,
    ...lines,
    '}',
  ].join('\n');
}

function cacheText(pkg: Package, message: Type): string[] {
  if (!REPEATING.has(qualified(message))) return [];
  const name = flat(pkg, message);
  return [
    `/** Every ${qualified(message)} that was read lately. */\nexport const ${name.charAt(0).toLowerCase()}${name.slice(1)}Cache = new MessageCache<types.${name}>((r) => decode${name}(r));`,
  ];
}

/** The text of one generated file. */
export function renderCodec(pkg: Package, schema: Namespace): string {
  const messages = messagesOf(schema, pkg);
  const body = messages.flatMap((m) => [decoderText(pkg, m), encoderText(pkg, m), ...cacheText(pkg, m)]).join('\n\n');
  const known = Object.values(WELL_KNOWN)
    .flatMap((name) => [`decode${name}`, `encode${name}`])
    .filter((name) => body.includes(`${name}(`))
    .sort();
  const others = PACKAGES.filter((p) => p !== pkg && body.includes(`${p.file}Codec.`));
  const imports = [
    `import type * as types from '../../flow/gen/${pkg.file}.ts';`,
    body.includes('readExtensions(') ? "import { readExtensions, writeExtensions } from '../extensions.ts';" : '',
    body.includes('MessageCache') ? "import { MessageCache } from '../message-cache.ts';" : '',
    `import { ${body.includes('append(') ? 'append, ' : ''}type Draft, type Reader } from '../reader.ts';`,
    known.length > 0 ? `import { ${known.join(', ')} } from '../well-known.ts';` : '',
    "import type { Writer } from '../writer.ts';",
    ...others.map((p) => `import * as ${p.file}Codec from './${p.file}.ts';`),
  ];
  return `// Generated by scripts/gen-codec.ts from ${pkg.path}. Do not edit.\n${imports.filter(Boolean).join('\n')}\n\n${body}\n`;
}

/** Messages whose fields a FieldMask may name: everything inside a flow, well-known types as leaves. */
function pathsText(message: Type, indent: string): string {
  const lines = message.fieldsArray.map((field) => {
    const nested = field.resolvedType;
    const inside = nested instanceof protobuf.Type && WELL_KNOWN[qualified(nested)] === undefined && !field.repeated;
    const rest = inside ? `, fields: {\n${pathsText(nested, `${indent}  `)}\n${indent}}` : '';
    return `${indent}${JSON.stringify(field.name)}: { property: '${propertyName(field.name)}'${rest} },`;
  });
  return lines.join('\n');
}

/** The text of `src/wire/gen/flow-paths.ts`. */
export function renderPaths(schema: Namespace): string {
  return [
    '// Generated by scripts/gen-codec.ts from proto/flow/flow.proto. Do not edit.',
    "import type { FieldPath } from '../field-path.ts';",
    '',
    '/** Fields of flow.Flow by proto name, nested ones inside. */',
    `export const FLOW_PATHS: Readonly<Record<string, FieldPath>> = {\n${pathsText(schema.lookupType('flow.Flow'), '  ')}\n};\n`,
  ].join('\n');
}

if (import.meta.main) {
  const schema = loadSchema();
  for (const pkg of PACKAGES) writeFileSync(`src/wire/gen/${pkg.file}.ts`, renderCodec(pkg, schema));
  writeFileSync('src/wire/gen/flow-paths.ts', renderPaths(schema));
}
