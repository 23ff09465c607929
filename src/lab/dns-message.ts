/** DNS messages as the lab's resolver and server need them (RFC 1035): one question, A records in the answer. */

/** Response codes the lab uses (RFC 1035 4.1.1). */
export const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export type Rcode = keyof typeof RCODES;

/** Record types the lab knows by name. */
export const QTYPE_A = 1;
export const QTYPE_AAAA = 28;

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly truncated: boolean;
  /** 0..15. */
  readonly rcode: number;
  readonly question: { readonly name: string; readonly type: number } | undefined;
  /** IPv4 addresses of the A records in the answer section. */
  readonly addresses: readonly string[];
}

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const MAX_NAME_BYTES = 255;
const MAX_RECORDS = 64;
const FLAG_RESPONSE = 0x8000;
const FLAG_AUTHORITATIVE = 0x0400;
const FLAG_TRUNCATED = 0x0200;
const FLAG_RECURSION_DESIRED = 0x0100;
const FLAG_RECURSION_AVAILABLE = 0x0080;
// CoreDNS answers for cluster names with this one by default.
const TTL_SECONDS = 5;

/** A query for one name. `name` must consist of labels of 1..63 bytes, 253 in all. */
export function encodeQuery(id: number, name: string, type: number): Buffer {
  const header = encodeHeader(id, FLAG_RECURSION_DESIRED, 0);
  return Buffer.concat([header, encodeQuestion(name, type)]);
}

/** The answer to `query`, with its question repeated. */
export function encodeResponse(query: DnsMessage, rcode: Rcode, addresses: readonly string[]): Buffer {
  const flags = FLAG_RESPONSE | FLAG_AUTHORITATIVE | FLAG_RECURSION_DESIRED | FLAG_RECURSION_AVAILABLE | RCODES[rcode];
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is a pointer to the question, which always starts right behind the header.
    record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
    record.writeUInt16BE(QTYPE_A, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    Buffer.from(address.split('.').map(Number)).copy(record, 12);
    return record;
  });
  const { question } = query;
  if (question === undefined) return encodeHeader(query.id, flags, 0, 0);
  return Buffer.concat([
    encodeHeader(query.id, flags, records.length),
    encodeQuestion(question.name, question.type),
    ...records,
  ]);
}

/**
 * The message in `bytes`, or undefined when it is not one: cut short, a bad name, more than 64 records. Never throws,
 * reads at most 255 bytes of name per record. A first question of another class than IN counts as none.
 */
export function decodeMessage(bytes: Uint8Array): DnsMessage | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < HEADER_BYTES) return undefined;
  const flags = view.readUInt16BE(2);
  const questions = view.readUInt16BE(4);
  const answers = view.readUInt16BE(6);
  if (questions > 1 || answers > MAX_RECORDS) return undefined;
  let offset = HEADER_BYTES;
  let question: DnsMessage['question'];
  if (questions === 1) {
    const name = readName(view, offset);
    if (name === undefined || name.end + 4 > view.length) return undefined;
    const type = view.readUInt16BE(name.end);
    if (view.readUInt16BE(name.end + 2) === CLASS_IN) question = { name: name.text, type };
    offset = name.end + 4;
  }
  const addresses: string[] = [];
  for (let record = 0; record < answers; record++) {
    const name = readName(view, offset);
    if (name === undefined || name.end + 10 > view.length) return undefined;
    const dataStart = name.end + 10;
    offset = dataStart + view.readUInt16BE(name.end + 8);
    if (offset > view.length) return undefined;
    if (view.readUInt16BE(name.end) === QTYPE_A && offset - dataStart === 4) {
      addresses.push(view.subarray(dataStart, offset).join('.'));
    }
  }
  const response = (flags & FLAG_RESPONSE) !== 0;
  const truncated = (flags & FLAG_TRUNCATED) !== 0;
  return { id: view.readUInt16BE(0), response, truncated, rcode: flags & 0xf, question, addresses };
}

function encodeHeader(id: number, flags: number, answers: number, questions = 1): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(questions, 4);
  header.writeUInt16BE(answers, 6);
  return header;
}

function encodeQuestion(name: string, type: number): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.map((label) => {
    const text = Buffer.from(label, 'latin1');
    return Buffer.concat([Buffer.from([text.length]), text]);
  });
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(type, 1);
  tail.writeUInt16BE(CLASS_IN, 3);
  return Buffer.concat([...parts, tail]);
}

/** The name at `start`, lower-cased, without the final dot. Pointers may only lead backwards, so it always ends. */
function readName(view: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let offset = start;
  let bound = start;
  let end: number | undefined;
  let size = 1;
  for (;;) {
    const length = view[offset];
    if (length === undefined) return undefined;
    if (length === 0) return { text: labels.join('.').toLowerCase(), end: end ?? offset + 1 };
    if (length >= 0xc0) {
      const low = view[offset + 1];
      if (low === undefined) return undefined;
      end ??= offset + 2;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= bound) return undefined;
      bound = target;
      offset = target;
      continue;
    }
    size += length + 1;
    if (length > 63 || size > MAX_NAME_BYTES || offset + 1 + length > view.length) return undefined;
    labels.push(view.toString('latin1', offset + 1, offset + 1 + length));
    offset += length + 1;
  }
}
