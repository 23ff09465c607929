import type { Command } from './keys.ts';

/** A line of text and where in it the next character goes, in UTF-16 units. */
export interface EditedLine {
  readonly text: string;
  readonly at: number;
}

/** Most characters a typed line holds; what goes beyond is not taken. */
const MAX_LINE_LENGTH = 4096;

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

function previousCharacter({ text, at }: EditedLine): number {
  let start = 0;
  for (const { index } of graphemes.segment(text.slice(0, at))) start = index;
  return start;
}

function nextCharacter({ text, at }: EditedLine): number {
  for (const { segment } of graphemes.segment(text.slice(at))) return at + segment.length;
  return at;
}

function previousWord({ text, at }: EditedLine): number {
  return /\S*\s*$/.exec(text.slice(0, at))?.index ?? 0;
}

function nextWord({ text, at }: EditedLine): number {
  return at + (/^\s*\S*/.exec(text.slice(at))?.[0].length ?? 0);
}

const EDITS: Partial<Record<Command, (line: EditedLine) => EditedLine>> = {
  eraseBack: (line) => eraseRange(line, previousCharacter(line), line.at),
  eraseForward: (line) => eraseRange(line, line.at, nextCharacter(line)),
  eraseWord: (line) => eraseRange(line, previousWord(line), line.at),
  eraseLine: (line) => eraseRange(line, 0, line.at),
  eraseToEnd: (line) => eraseRange(line, line.at, line.text.length),
  back1: (line) => ({ text: line.text, at: previousCharacter(line) }),
  forward1: (line) => ({ text: line.text, at: nextCharacter(line) }),
  backWord: (line) => ({ text: line.text, at: previousWord(line) }),
  forwardWord: (line) => ({ text: line.text, at: nextWord(line) }),
  lineStart: ({ text }) => ({ text, at: 0 }),
  lineEnd: ({ text }) => ({ text, at: text.length }),
};

/** The line after an editing command; undefined when the command does not edit. */
export function editLine(line: EditedLine, command: Command): EditedLine | undefined {
  return EDITS[command]?.(line);
}
