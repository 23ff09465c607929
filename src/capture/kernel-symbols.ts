import { readFileSync } from 'node:fs';
import { messageOf } from '../base/error.ts';
import { debug } from '../base/log.ts';

const log = debug('capture');
const NEWLINE = 10;
const NAME_ENDS = new Set([NEWLINE, 9, 32]);
/** Columns of a line: 16 hex digits, the type letter at 17, the name from 19. */
const [TYPE_AT, NAME_AT] = [17, 19];
const CODE_TYPES = new Set([...'tTwW'].map((letter) => letter.charCodeAt(0)));
/** Compilers add these to parts of one function: `ip_rcv.part.0`. */
const SUFFIX = /\.(constprop|isra|part|cold|llvm)\b.*$/;
/** A kernel drops in some hundred places; more would be nonsense addresses. */
const MAX_ANSWERS = 4096;

/** The number in 8 hex digits. */
function readHex(text: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = text[i] ?? 0;
    value = (value << 4) | (digit > 57 ? digit - 87 : digit - 48);
  }
  return value >>> 0;
}

/**
 * Names of kernel functions by address, from /proc/kallsyms. Read at the first question (some 30 ms) and kept, about
 * 6 MB. Without CAP_SYSLOG the addresses there are zero, and every answer is undefined.
 */
export class KernelSymbols {
  readonly #read: () => Buffer;
  readonly #answers = new Map<bigint, string | undefined>();
  #text: Buffer | undefined;
  /** Upper half of every address: kernel and modules lie within 4 GiB on x86-64 and arm64. */
  #high = 0;
  #lows = new Uint32Array(0);
  #lines = new Uint32Array(0);

  /** `read` gives the text of kallsyms. */
  constructor(read: () => Buffer = () => readFileSync('/proc/kallsyms')) {
    this.#read = read;
  }

  /** The function that contains the address, without compiler suffixes. */
  find(address: bigint): string | undefined {
    if (this.#answers.has(address)) return this.#answers.get(address);
    const name = this.#search(Number(address >> 32n), Number(address & 0xffff_ffffn));
    if (this.#answers.size < MAX_ANSWERS) this.#answers.set(address, name);
    return name;
  }

  #search(high: number, low: number): string | undefined {
    const text = this.#text ?? this.#load();
    if (high !== this.#high) return undefined;
    let best = -1;
    let distance = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#lows.length; i++) {
      const between = low - (this.#lows[i] ?? 0);
      if (between < 0 || between >= distance) continue;
      [best, distance] = [i, between];
    }
    if (best < 0) return undefined;
    const start = (this.#lines[best] ?? 0) + NAME_AT;
    let end = start;
    while (end < text.length && !NAME_ENDS.has(text[end] ?? NEWLINE)) end++;
    return text.toString('latin1', start, end).replace(SUFFIX, '');
  }

  #load(): Buffer {
    this.#text = Buffer.alloc(0);
    try {
      this.#text = this.#read();
    } catch (thrown) {
      log(() => `no kernel symbols: ${messageOf(thrown)}`);
    }
    const [lows, lines]: [number[], number[]] = [[], []];
    for (let at = 0; at < this.#text.length; at = this.#text.indexOf(NEWLINE, at) + 1 || this.#text.length) {
      if (!CODE_TYPES.has(this.#text[at + TYPE_AT] ?? 0)) continue;
      const high = readHex(this.#text, at);
      if (high === 0) continue;
      if (lows.length === 0) this.#high = high;
      if (high !== this.#high) continue;
      lows.push(readHex(this.#text, at + 8));
      lines.push(at);
    }
    this.#lows = Uint32Array.from(lows);
    this.#lines = Uint32Array.from(lines);
    log(() => `${lows.length} kernel symbols`);
    return this.#text;
  }
}
