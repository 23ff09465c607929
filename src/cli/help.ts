import type { Command } from './command.ts';
import type { Flag } from './options.ts';

const COLUMN = 30;
const WIDTH = 80;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function flagText({ name, helpName = name, short, value, help, env }: Flag): string {
  const spelled = `${short === undefined ? '    ' : `-${short}, `}--${helpName}${value === undefined ? '' : ` ${value}`}`;
  const where = env === undefined ? '' : ` [$${env.join(', $')}]`;
  const [first = '', ...rest] = wrap(help + where, WIDTH - COLUMN);
  const head = `  ${spelled}`;
  const lines = head.length < COLUMN ? [head.padEnd(COLUMN) + first] : [head, ' '.repeat(COLUMN) + first];
  return [...lines, ...rest.map((line) => ' '.repeat(COLUMN) + line)].join('\n');
}

/** The help of one command: usage, what it does, flags by group in the order of the table. */
export function commandHelp({ usage, summary, about, options }: Command): string {
  const groups = new Map<string, Flag[]>();
  for (const flag of options.filter(({ help }) => help !== ''))
    groups.set(flag.group, [...(groups.get(flag.group) ?? []), flag]);
  const flags = [...groups].map(([group, members]) => `${group}:\n${members.map(flagText).join('\n')}\n`);
  return [`${summary}\n`, `Usage:\n  netwatch ${usage}\n`, ...(about === undefined ? [] : [about]), ...flags].join(
    '\n',
  );
}
