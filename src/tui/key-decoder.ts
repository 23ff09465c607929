/** What the terminal sent: a key, pasted text, or an answer to a question we asked it. */
export type InputEvent =
  /** `name` is `j`, `G`, `enter`, `ctrl-d`, `alt-x`, `shift-tab` …; `text` is what the key types, if anything. */
  | { readonly kind: 'key'; readonly name: string; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'reply'; readonly sequence: string };

/** How long a lone Esc waits for the rest of a sequence, in milliseconds. */
export const ESC_TIMEOUT_MS = 25;
/** Most pasted characters that are kept; the rest of a paste is left out. */
export const MAX_PASTE_LENGTH = 2 ** 16;

const MAX_SEQUENCE_LENGTH = 2 ** 12;
const PASTE_END = '\x1b[201~';

const FINAL_NAMES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};
const TILDE_NAMES: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pgup',
  6: 'pgdn',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};
const CODE_NAMES: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'esc',
  32: 'space',
  127: 'backspace',
};
const CONTROL_NAMES: Readonly<Record<string, string>> = {
  '\0': 'ctrl-space',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  '\x1c': 'ctrl-\\',
  '\x1d': 'ctrl-]',
  '\x1e': 'ctrl-^',
  '\x1f': 'ctrl-_',
  '\x7f': 'backspace',
};

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Bytes from a terminal in raw mode → keys. Sequences and characters may be split between chunks anywhere.
 *
 * Knows CSI and SS3 keys with xterm modifiers, the kitty protocol's `CSI u`, bracketed paste, and swallows OSC, DCS and
 * report sequences as replies. Holds at most one unfinished sequence of 4 KB or one paste of `MAX_PASTE_LENGTH`; a
 * longer sequence is dropped. Never throws.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder('utf-8');
  #buffer = '';
  #paste: string | undefined;

  /** Whether an unfinished sequence waits; call `flush` when nothing follows within `ESC_TIMEOUT_MS`. */
  get pending(): boolean {
    return this.#paste === undefined && this.#buffer !== '';
  }

  push(chunk: Uint8Array): InputEvent[] {
    this.#buffer += this.#utf8.decode(chunk, { stream: true });
    return this.#decode(false);
  }

  /** Takes what waits as final: a lone Esc is the Esc key. */
  flush(): InputEvent[] {
    return this.#decode(true);
  }

  #decode(final: boolean): InputEvent[] {
    const events: InputEvent[] = [];
    while (this.#buffer !== '') {
      const before = this.#buffer.length;
      if (this.#paste !== undefined) this.#readPaste(events);
      else if (this.#buffer.startsWith('\x1b')) this.#readEscape(events, final);
      else this.#readText(events);
      if (this.#buffer.length === before) break;
    }
    return events;
  }

  #readText(events: InputEvent[]): void {
    const end = this.#buffer.indexOf('\x1b');
    const run = end < 0 ? this.#buffer : this.#buffer.slice(0, end);
    this.#buffer = this.#buffer.slice(run.length);
    for (const { segment } of graphemes.segment(run)) {
      // "\r\n" is one grapheme but two characters, and would be two in separate reads.
      const first = segment.charAt(0);
      if (first < ' ' || first === '\x7f') for (const each of segment) events.push(key(controlName(each), ''));
      else events.push(key(segment === ' ' ? 'space' : segment, segment));
    }
  }

  #readPaste(events: InputEvent[]): void {
    const end = this.#buffer.indexOf(PASTE_END);
    // Without the end, keep back as much as could be its beginning.
    const upTo = end < 0 ? Math.max(0, this.#buffer.length - PASTE_END.length + 1) : end;
    this.#paste = ((this.#paste ?? '') + this.#buffer.slice(0, upTo)).slice(0, MAX_PASTE_LENGTH);
    this.#buffer = this.#buffer.slice(end < 0 ? upTo : end + PASTE_END.length);
    if (end < 0) return;
    events.push({ kind: 'paste', text: this.#paste });
    this.#paste = undefined;
  }

  #readEscape(events: InputEvent[], final: boolean): void {
    const text = this.#buffer;
    const kind = text.charAt(1);
    if (kind === '[') this.#readCsi(events, final);
    else if (kind === 'O') this.#readSs3(events, final);
    else if (kind === ']' || kind === 'P' || kind === '_' || kind === '^' || kind === 'X')
      this.#readString(events, final);
    else if (kind === '' || kind === '\x1b') {
      if (kind === '' && !final) return;
      events.push(key('esc', ''));
      this.#buffer = text.slice(1);
    } else {
      const [character = kind] = Array.from(text.slice(1, 3));
      events.push(key(`alt-${character < ' ' || character === '\x7f' ? controlName(character) : character}`, ''));
      this.#buffer = text.slice(1 + character.length);
    }
  }

  #readCsi(events: InputEvent[], final: boolean): void {
    const match = /^\x1b\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])/.exec(this.#buffer);
    if (match === null) {
      this.#giveUp(events, final, /^\x1b\[[\x20-\x3f]*$/);
      return;
    }
    const [sequence, parameters = '', intermediates = '', last = ''] = match;
    this.#buffer = this.#buffer.slice(sequence.length);
    if (parameters === '200' && last === '~') this.#paste = '';
    else events.push(...decodeCsi(sequence, parameters, intermediates, last));
  }

  #readSs3(events: InputEvent[], final: boolean): void {
    const last = this.#buffer.charAt(2);
    if (last === '' && !final) return;
    const name = FINAL_NAMES[last];
    events.push(key(name ?? 'alt-O', ''));
    this.#buffer = this.#buffer.slice(name === undefined ? 2 : 3);
  }

  #readString(events: InputEvent[], final: boolean): void {
    const end = /\x07|\x1b\\/.exec(this.#buffer);
    if (end === null) {
      if (final && this.#buffer.length === 2) {
        events.push(key(`alt-${this.#buffer.charAt(1)}`, ''));
        this.#buffer = '';
      } else if (final || this.#buffer.length > MAX_SEQUENCE_LENGTH) this.#buffer = '';
      return;
    }
    const sequence = this.#buffer.slice(0, end.index + end[0].length);
    this.#buffer = this.#buffer.slice(sequence.length);
    events.push({ kind: 'reply', sequence });
  }

  /** A sequence that is not complete: waits for more, or drops what can no longer become one. */
  #giveUp(events: InputEvent[], final: boolean, unfinished: RegExp): void {
    if (unfinished.test(this.#buffer) && !final && this.#buffer.length < MAX_SEQUENCE_LENGTH) return;
    if (this.#buffer === '\x1b[') events.push(key('alt-[', ''));
    const valid = /^\x1b\[[\x20-\x3f]*/.exec(this.#buffer)?.[0].length ?? this.#buffer.length;
    this.#buffer = this.#buffer.slice(valid);
  }
}

function key(name: string, text: string): InputEvent {
  return { kind: 'key', name, text };
}

function controlName(character: string): string {
  return CONTROL_NAMES[character] ?? `ctrl-${String.fromCharCode(character.charCodeAt(0) + 0x60)}`;
}

function decodeCsi(sequence: string, parameters: string, intermediates: string, last: string): InputEvent[] {
  const reply: InputEvent = { kind: 'reply', sequence };
  if (intermediates !== '' || /^[<=>?]/.test(parameters)) return [reply];
  const fields = parameters.split(';').map((field) => field.split(':').map(Number));
  const [first = 0] = fields[0] ?? [];
  const [modifiers = 1, eventType = 1] = fields[1] ?? [];
  const RELEASE = 3;
  if (eventType === RELEASE) return [];
  if (last === 'u') return [kittyKey(first, modifiers)];
  if (last === 'n' || last === 'c' || last === 't' || last === 'y') return [reply];
  const name = last === '~' ? TILDE_NAMES[first] : FINAL_NAMES[last];
  return name === undefined ? [reply] : [key(prefixOf(modifiers, true) + name, '')];
}

function kittyKey(code: number, modifiers: number): InputEvent {
  if (!Number.isInteger(code) || code < 0 || code > 0x10ffff) return { kind: 'reply', sequence: '' };
  const named = CODE_NAMES[code];
  const prefix = prefixOf(modifiers, named !== undefined);
  if (named !== undefined) return key(prefix + named, code === 32 && prefix === '' ? ' ' : '');
  const shifted = (modifiers - 1) & 1 ? String.fromCodePoint(code).toUpperCase() : String.fromCodePoint(code);
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || (code >= 0xe000 && code <= 0xf8ff)) {
    return { kind: 'reply', sequence: '' };
  }
  return prefix === '' ? key(shifted, shifted) : key(prefix + String.fromCodePoint(code), '');
}

/** `ctrl-`, `alt-` and, where the key has no upper case of its own, `shift-`. Modifiers are 1 + bits. */
function prefixOf(modifiers: number, withShift: boolean): string {
  const bits = Math.max(0, modifiers - 1);
  return (bits & 4 ? 'ctrl-' : '') + (bits & 2 ? 'alt-' : '') + (withShift && bits & 1 ? 'shift-' : '');
}
