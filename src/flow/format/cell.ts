import getTruncatedWidth from 'fast-string-truncated-width';

/** Longest text, in UTF-16 units, that `sanitizeCell` passes on: 2 KB of ASCII, more than any column or pane line shows. */
export const MAX_CELL_LENGTH = 2048;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// Everything that moves the cursor, changes direction, takes no cell or belongs to nobody: controls, format characters
// (bidi, zero-width, tags), private use (the compositor marks its holes there), surrogates, line separators.
const UNSAFE = /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\p{Default_Ignorable_Code_Point}/gu;
const NON_ASCII = /[^\x20-\x7e]/gu;

/** How untrusted text becomes printable. */
export interface SanitizeOptions {
  /** The terminal shows ASCII only: any other character becomes `?`, an unsafe one `.`. */
  readonly ascii?: boolean;
}

/**
 * Text from the cluster made safe for a terminal: each control, bidirectional, zero-width, private-use or unpaired
 * surrogate character becomes one `·`. Cut after `MAX_CELL_LENGTH` units, never inside a character.
 */
export function sanitizeCell(text: string, { ascii = false }: SanitizeOptions = {}): string {
  let bounded = text;
  if (text.length > MAX_CELL_LENGTH) {
    const last = text.charCodeAt(MAX_CELL_LENGTH - 1);
    bounded = text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_CELL_LENGTH - 1 : MAX_CELL_LENGTH);
  }
  if (PRINTABLE_ASCII.test(bounded)) return bounded;
  const safe = bounded.replace(UNSAFE, '\u00b7');
  return ascii ? safe.replace(NON_ASCII, (character) => (character === '\u00b7' ? '.' : '?')) : safe;
}

/** Terminal columns that sanitised text takes: wide characters count two, combining marks none. */
export function cellWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  // One character at a time, as terminals do; the library alone measures clusters, which few terminals draw as one.
  for (const character of text) width += getTruncatedWidth(character).width;
  return width;
}

/** The longest start of the text that is at most `width` columns wide. */
function startOf(text: string, width: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, width);
  let taken = 0;
  let end = 0;
  for (const character of text) {
    taken += getTruncatedWidth(character).width;
    if (taken > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Where text goes that is too long or too short for its column. */
export interface FitOptions {
  /** `middle` keeps both ends: of a pod name, the end tells which pod it is. */
  readonly cut?: 'end' | 'middle';
  readonly align?: 'left' | 'right';
  /** The sign for what was cut out, one column wide. */
  readonly ellipsis?: string;
}

const TAIL = 5;

/** Sanitised text in exactly `width` columns: cut with one ellipsis or padded with spaces. */
export function fitCell(text: string, width: number, options: FitOptions = {}): string {
  if (width <= 0) return '';
  const taken = cellWidth(text);
  if (taken === width) return text;
  if (taken < width) {
    const padding = ' '.repeat(width - taken);
    return options.align === 'right' ? padding + text : text + padding;
  }
  const ellipsis = options.ellipsis ?? '\u2026';
  if (options.cut === 'middle' && width >= 8 && PRINTABLE_ASCII.test(text)) {
    const tail = Math.min(TAIL, Math.floor((width - 1) / 2));
    return text.slice(0, width - 1 - tail) + ellipsis + text.slice(text.length - tail);
  }
  const kept = startOf(text, width - 1);
  return kept + ellipsis + ' '.repeat(width - 1 - cellWidth(kept));
}

/** Sanitised text in lines of at most `width` columns, broken at spaces where there are any; at least one line. */
export function wrapCell(text: string, width: number): string[] {
  const limit = Math.max(2, width);
  const lines: string[] = [];
  let rest = text;
  while (cellWidth(rest) > limit) {
    const fits = startOf(rest, limit).length;
    const space = rest.lastIndexOf(' ', fits);
    const end = space > 0 ? space : fits;
    lines.push(rest.slice(0, end));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  lines.push(rest);
  return lines;
}
