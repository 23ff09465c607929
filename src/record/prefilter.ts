import { Buffer } from 'node:buffer';
import { namesOf } from '../flow/format/enum-names.ts';
import { type FlowFilter, Verdict } from '../flow/gen/flow.ts';
import type { FlowsRequest } from '../flow/source.ts';

/** False when the line of `bytes` from `start` to `end` cannot be a flow that the request asks for. */
export type CanMatch = (bytes: Buffer, start: number, end: number) => boolean;

const HEAD = Buffer.from('{"flow":{"');
const OBJECT_END = 0x7d;
const QUOTE = 0x22;
/** Text that JSON can write in one way only, as long as there is no backslash in the line. */
const PLAIN = /^[!-~]+$/;
const SPECIAL = /["\\/]/;

const verdictName = namesOf(Verdict);

/** Where some text occurs next. Remembered from line to line, so that a chunk is searched once. */
class Occurrence {
  readonly #quoted: boolean;
  readonly #text: Buffer;
  #bytes: Buffer | undefined;
  #from = 0;
  #end = 0;

  constructor(text: string) {
    // Quotes are everywhere: to look for what follows one is four times as fast.
    this.#quoted = text.startsWith('"');
    this.#text = Buffer.from(this.#quoted ? text.slice(1) : text);
  }

  isWithin(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes || start < this.#from || start > this.#end - this.#text.length) {
      this.#bytes = bytes;
      this.#from = start;
      this.#end = this.#find(bytes, start) + this.#text.length;
    }
    return this.#end <= end;
  }

  #find(bytes: Buffer, start: number): number {
    let at = bytes.indexOf(this.#text, start);
    while (this.#quoted && at >= 0 && bytes[at - 1] !== QUOTE) at = bytes.indexOf(this.#text, at + 1);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }
}

/** What a pod of a `[namespace/]prefix` pattern has in its line: its name's beginning, or its namespace. */
function podText(pattern: string): string {
  const [namespace = '', prefix = ''] = pattern.includes('/') ? pattern.split(/\/(.*)/s) : ['default', pattern];
  if (prefix !== '') return `"${prefix}`;
  return namespace === '' ? '' : `"${namespace}"`;
}

const exactText = (value: string): string => `"${value}"`;
const verdictText = (verdict: number): string => (verdict === 0 ? '' : `"${verdictName(verdict)}"`);

/** For each field of a filter that can tell: texts of which a line must have one. */
function requiredTexts(filter: FlowFilter): readonly (readonly string[])[] {
  const { verdict, sourcePod, destinationPod, sourceIp, destinationIp, uuid } = filter;
  const fields = [
    verdict?.map(verdictText),
    sourcePod?.map(podText),
    destinationPod?.map(podText),
    sourceIp?.map(exactText),
    destinationIp?.map(exactText),
    uuid?.map(exactText),
  ];
  const isTelling = (text: string): boolean => {
    const value = text.replace(/^"/, '').replace(/"$/, '');
    return PLAIN.test(value) && !SPECIAL.test(value);
  };
  return fields.filter((texts) => texts !== undefined && texts.length > 0 && texts.every(isTelling)) as string[][];
}

/**
 * Looks for names, addresses and verdicts in a line that is not parsed yet; most lines cannot match a selective filter,
 * and need not be.
 *
 * Sound because a flow can only match when certain texts stand in its line, and they can only stand there as they are:
 * a line with a backslash, without a verdict by name, or that does not begin and end as a flow does, can always match.
 * What is wrong in the middle of a line that cannot match goes unnoticed. Undefined when the request asks for nothing
 * that could be looked for.
 */
export function compilePrefilter({ whitelist = [] }: FlowsRequest): CanMatch | undefined {
  const filters = whitelist.map((filter) =>
    requiredTexts(filter).map((texts) => texts.map((text) => new Occurrence(text))),
  );
  if (filters.length === 0 || filters.some((groups) => groups.length === 0)) return undefined;
  const backslash = new Occurrence('\\');
  const verdict = new Occurrence('"verdict":"');
  return (bytes, start, end) => {
    const occurs = (text: Occurrence): boolean => text.isWithin(bytes, start, end);
    if (filters.some((groups) => groups.every((texts) => texts.some(occurs)))) return true;
    if (backslash.isWithin(bytes, start, end) || !verdict.isWithin(bytes, start, end)) return true;
    if (bytes[end - 1] !== OBJECT_END) return true;
    return bytes.compare(HEAD, 0, HEAD.length, start, Math.min(start + HEAD.length, end)) !== 0;
  };
}
