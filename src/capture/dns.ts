/** DNS messages (RFC 1035) from a slice of a datagram or of a TCP segment. Bounded by the slice; never throws. */
import { formatIpv6 } from './address.ts';

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** Name asked for, with its trailing dot. */
  readonly query: string;
  readonly qtype: string;
  /** 0 in queries. */
  readonly rcode: number;
  /** Addresses of the answer, in its order; those that fit into the slice. */
  readonly ips: readonly string[];
  readonly cnames: readonly string[];
  /** Types of the answer's records, each once. */
  readonly rrtypes: readonly string[];
  /** Least time to live of the answer's records, in seconds; 0 without one. */
  readonly ttl: number;
  /** The answer goes on beyond the slice. */
  readonly isCut: boolean;
}

const HEADER = 12;
const MAX_NAME = 255;
const MAX_RECORDS = 64;
const OPCODE_MASK = 0x7800;
const RESPONSE_BIT = 0x8000;
const CLASS_IN = 1;

/** IANA's registry of DNS parameters: the types that are in use. */
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [255, 'ANY'],
  [257, 'CAA'],
]);

/** RFC 3597, 5: a type without a name. */
function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

/** One label as text; dots, backslashes and what is not printable are escaped (RFC 4343, 2.1). */
function labelText(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\x21-\x7e]|[.\\]/g, (c) =>
      /[.\\]/.test(c) ? `\\${c}` : `\\${String(c.charCodeAt(0)).padStart(3, '0')}`,
    );
}

/** The name at `at` and where the bytes after it begin. Pointers (RFC 1035, 4.1.4) must lead backwards. */
function readName(bytes: Buffer, at: number): { readonly name: string; readonly next: number } | undefined {
  let name = '';
  let next = -1;
  let length = 0;
  for (let limit = at + 1; ; ) {
    const size = bytes[at];
    if (size === undefined) return undefined;
    if (size === 0) return { name: name === '' ? '.' : name, next: next < 0 ? at + 1 : next };
    if (size >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      if (next < 0) next = at + 2;
      at = ((size & 0x3f) << 8) | low;
      if (at >= limit - 1) return undefined;
      limit = at + 1;
      continue;
    }
    length += size + 1;
    if (size > 63 || length > MAX_NAME || at + 1 + size > bytes.length) return undefined;
    name += `${labelText(bytes.subarray(at + 1, at + 1 + size))}.`;
    at += 1 + size;
  }
}

interface Answers {
  readonly ips: string[];
  readonly cnames: string[];
  readonly rrtypes: string[];
  ttl: number;
  isCut: boolean;
}

/** Reads one record into `answers`; returns where the next begins, or undefined when the slice ends before. */
function readRecord(bytes: Buffer, at: number, answers: Answers): number | undefined {
  const owner = readName(bytes, at);
  if (owner === undefined || owner.next + 10 > bytes.length) return undefined;
  const type = bytes.readUInt16BE(owner.next);
  const ttl = bytes.readUInt32BE(owner.next + 4);
  const size = bytes.readUInt16BE(owner.next + 8);
  const data = owner.next + 10;
  if (data + size > bytes.length) return undefined;
  if (type === 1 && size === 4) answers.ips.push(bytes.subarray(data, data + 4).join('.'));
  if (type === 28 && size === 16) answers.ips.push(formatIpv6(bytes, data));
  const alias = type === 5 ? readName(bytes, data) : undefined;
  if (alias !== undefined) answers.cnames.push(alias.name);
  answers.ttl = answers.rrtypes.length === 0 ? ttl : Math.min(answers.ttl, ttl);
  if (!answers.rrtypes.includes(typeName(type))) answers.rrtypes.push(typeName(type));
  return data + size;
}

function readAnswers(bytes: Buffer, at: number, count: number): Answers {
  const answers: Answers = { ips: [], cnames: [], rrtypes: [], ttl: 0, isCut: count > MAX_RECORDS };
  for (let i = 0; i < Math.min(count, MAX_RECORDS); i++) {
    const next = readRecord(bytes, at, answers);
    if (next === undefined) {
      answers.isCut = true;
      break;
    }
    at = next;
  }
  return answers;
}

/**
 * The DNS message in `bytes`, or undefined when it is none: a standard query or its response, with exactly one
 * question of class IN (RFC 9619) that lies in the slice.
 */
export function parseDns(bytes: Buffer): DnsMessage | undefined {
  if (bytes.length < HEADER) return undefined;
  const flags = bytes.readUInt16BE(2);
  const answerCount = bytes.readUInt16BE(6);
  if ((flags & OPCODE_MASK) !== 0 || bytes.readUInt16BE(4) !== 1) return undefined;
  const isResponse = (flags & RESPONSE_BIT) !== 0;
  if (!isResponse && answerCount > 0) return undefined;
  const question = readName(bytes, HEADER);
  if (question === undefined || question.next + 4 > bytes.length) return undefined;
  // The upper bit of a class asks for a unicast reply in multicast DNS (RFC 6762, 5.4).
  if ((bytes.readUInt16BE(question.next + 2) & 0x7fff) !== CLASS_IN) return undefined;
  return {
    id: bytes.readUInt16BE(0),
    isResponse,
    query: question.name,
    qtype: typeName(bytes.readUInt16BE(question.next)),
    rcode: isResponse ? flags & 0xf : 0,
    ...readAnswers(bytes, question.next + 4, isResponse ? answerCount : 0),
  };
}

/**
 * The messages in a TCP segment that begins with one: each after two bytes of length (RFC 1035, 4.2.2). A message that
 * does not fit into the slice is taken as far as it goes, and is the last. Empty when the segment begins otherwise.
 */
export function splitDnsOverTcp(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 2 + HEADER <= bytes.length && messages.length < MAX_RECORDS; ) {
    const size = bytes.readUInt16BE(at);
    if (size < HEADER) break;
    messages.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return messages;
}
