/** A line of text and where in it the next character goes, in UTF-16 units. */
export interface EditedLine {
  readonly text: string;
  readonly at: number;
}

/** Most characters a typed line holds; what goes beyond is not taken. */
export const MAX_LINE_LENGTH = 4096;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Inserts text at the cursor; control characters become spaces. */
export function insertText(line: EditedLine, text: string): EditedLine {
  const room = Math.max(0, MAX_LINE_LENGTH - line.text.length);
  const taken = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, room);
  return { text: line.text.slice(0, line.at) + taken + line.text.slice(line.at), at: line.at + taken.length };
}

/** Removes the text between two positions. */
export function eraseRange(line: EditedLine, from: number, to: number): EditedLine {
  return { text: line.text.slice(0, from) + line.text.slice(to), at: from };
}

/** Start of the character before the cursor. */
export function previousCharacter({ text, at }: EditedLine): number {
  let start = 0;
  for (const { index } of graphemes.segment(text.slice(0, at))) start = index;
  return start;
}

/** End of the character at the cursor. */
export function nextCharacter({ text, at }: EditedLine): number {
  for (const { segment } of graphemes.segment(text.slice(at))) return at + segment.length;
  return at;
}

/** Start of the word before the cursor. */
export function previousWord({ text, at }: EditedLine): number {
  return /\S*\s*$/.exec(text.slice(0, at))?.index ?? 0;
}

/** End of the word after the cursor. */
export function nextWord({ text, at }: EditedLine): number {
  return at + (/^\s*\S*/.exec(text.slice(at))?.[0].length ?? 0);
}
