import type { Command } from './command.ts';
import type { Flag } from './options.ts';

const FLAG_COLUMN = 30;
const WIDTH = 80;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A term, and what it means from `column` on; a term that is too long for that has a line of its own. */
export function helpRow(term: string, meaning: string, column: number): string {
  const indent = ' '.repeat(column);
  const [first = '', ...rest] = wrap(meaning, WIDTH - column);
  const head = `  ${term}`;
  const lines = head.length < column ? [head.padEnd(column) + first] : [head, indent + first];
  return [...lines, ...rest.map((line) => indent + line)].join('\n');
}

function flagRow({ name, helpName = name, short, value, help, env }: Flag): string {
  const dashed = `${short === undefined ? '    ' : `-${short}, `}--${helpName}`;
  const where = env === undefined ? '' : ` [$${env.join(', $')}]`;
  return helpRow(value === undefined ? dashed : `${dashed} ${value}`, help + where, FLAG_COLUMN);
}

/** Paragraphs are filled to the width; what has indented lines, such as examples, is kept as it is. */
function fillParagraphs(text: string): string {
  const paragraphs = text.trimEnd().split('\n\n');
  const filled = paragraphs.map((paragraph) => (/^ /m.test(paragraph) ? paragraph : wrap(paragraph, WIDTH).join('\n')));
  return `${filled.join('\n\n')}\n`;
}

/** The help of one command: usage, what it does, flags by group in the order of the table. */
export function commandHelp({ usage, summary, about, options }: Command): string {
  const groups = new Map<string, Flag[]>();
  for (const flag of options.filter(({ help }) => help !== '')) {
    groups.set(flag.group, [...(groups.get(flag.group) ?? []), flag]);
  }
  const flags = [...groups].map(([group, members]) => `${group}:\n${members.map(flagRow).join('\n')}\n`);
  const paragraphs = about === undefined ? [] : [fillParagraphs(about)];
  return [`${summary}\n`, `Usage:\n  netwatch ${usage}\n`, ...paragraphs, ...flags].join('\n');
}
