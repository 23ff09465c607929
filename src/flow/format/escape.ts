const CONTROL = /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const EVERY_CONTROL = new RegExp(CONTROL, 'g');
const NAMED: Readonly<Record<string, string>> = { '\x1b': '^[', '\r': '\\r', '\n': '\\n', '\t': '\\t' };

const visible = (character: string): string =>
  NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Makes text that came from a cluster safe for a terminal: the only place where one meets the other.
 *
 * ESC becomes `^[` and CR becomes `\r`, as Hubble prints them since 1.17.5. Beyond Hubble, line feeds, tabs, the other
 * C0 and C1 controls and the bidirectional overrides are spelled out, so that one event stays one line and reads in
 * the order it was written. Text without any of them is returned as it is.
 */
export function escapeText(text: string): string {
  return CONTROL.test(text) ? text.replace(EVERY_CONTROL, visible) : text;
}
