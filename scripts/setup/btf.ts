/** Reads the types of a BPF object: ELF64 section `.BTF` (kernel: Documentation/bpf/btf.rst). Trusted input only. */

interface BtfMember {
  readonly name: string;
  /** Index into the list of types. */
  readonly type: number;
  readonly bitOffset: number;
}

export interface BtfType {
  readonly kind: 'struct' | 'enum' | 'array' | 'other';
  readonly name: string;
  /** Bytes; of a struct or an enum. */
  readonly size: number;
  readonly members: readonly BtfMember[];
  readonly values: readonly { readonly name: string; readonly value: number }[];
  /** Elements; of an array. */
  readonly length: number;
}

const ELF_SECTION_OFFSET = 0x28;
const ELF_SECTION_SIZE = 0x3a;
const SECTION_HEADER_OFFSET = 0x18;
const SECTION_HEADER_SIZE = 0x20;
const BTF_MAGIC = 0xeb9f;
const KIND = { array: 3, struct: 4, union: 5, enum: 6, proto: 13, variable: 14, section: 15, tag: 17, enum64: 19 };

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function stringAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return new TextDecoder().decode(bytes.subarray(offset, end));
}

/** The section that begins with BTF's magic number and is called `.BTF`. */
function findBtf(object: Uint8Array): Uint8Array {
  const view = viewOf(object);
  const table = Number(view.getBigUint64(ELF_SECTION_OFFSET, true));
  const [entrySize, count, names] = [0, 2, 4].map((o) => view.getUint16(ELF_SECTION_SIZE + o, true)) as [
    number,
    number,
    number,
  ];
  const section = (index: number): Uint8Array => {
    const header = table + index * entrySize;
    const offset = Number(view.getBigUint64(header + SECTION_HEADER_OFFSET, true));
    return object.subarray(offset, offset + Number(view.getBigUint64(header + SECTION_HEADER_SIZE, true)));
  };
  for (let i = 0; i < count; i++) {
    const nameOffset = view.getUint32(table + i * entrySize, true);
    if (stringAt(section(names), nameOffset) === '.BTF') return section(i);
  }
  throw new Error('no .BTF section');
}

/** Bytes that follow a type's 12-byte head. */
function tailSize(kind: number, vlen: number): number {
  if (
    kind === KIND.array ||
    kind === KIND.struct ||
    kind === KIND.union ||
    kind === KIND.section ||
    kind === KIND.enum64
  )
    return kind === KIND.array ? 12 : 12 * vlen;
  if (kind === KIND.enum || kind === KIND.proto) return 8 * vlen;
  return kind === 1 || kind === KIND.variable || kind === KIND.tag ? 4 : 0;
}

/** All types by BTF id; id 0 is void. */
export function readBtf(object: Uint8Array): readonly BtfType[] {
  const btf = findBtf(object);
  const view = viewOf(btf);
  if (view.getUint16(0, true) !== BTF_MAGIC) throw new Error('not little-endian BTF');
  const [headerSize, typeOffset, typeSize, stringOffset] = [4, 8, 12, 16].map((o) => view.getUint32(o, true)) as [
    number,
    number,
    number,
    number,
  ];
  const name = (offset: number): string => stringAt(btf, headerSize + stringOffset + view.getUint32(offset, true));
  const none = { kind: 'other', name: '', size: 0, members: [], values: [], length: 0 } as const;
  const types: BtfType[] = [none];
  for (let at = headerSize + typeOffset; at < headerSize + typeOffset + typeSize; ) {
    const info = view.getUint32(at + 4, true);
    const [kind, vlen] = [(info >>> 24) & 31, info & 0xffff];
    const size = view.getUint32(at + 8, true);
    const tail = at + 12;
    const entries = Array.from({ length: vlen }, (_, i) => i);
    if (kind === KIND.struct) {
      const members = entries.map((i) => ({
        name: name(tail + i * 12),
        type: view.getUint32(tail + i * 12 + 4, true),
        bitOffset: view.getUint32(tail + i * 12 + 8, true),
      }));
      types.push({ ...none, kind: 'struct', name: name(at), size, members });
    } else if (kind === KIND.enum) {
      const values = entries.map((i) => ({ name: name(tail + i * 8), value: view.getInt32(tail + i * 8 + 4, true) }));
      types.push({ ...none, kind: 'enum', name: name(at), size, values });
    } else if (kind === KIND.array) {
      types.push({ ...none, kind: 'array', length: view.getUint32(tail + 8, true) });
    } else {
      types.push({ ...none, name: name(at) });
    }
    at = tail + tailSize(kind, vlen);
  }
  return types;
}
