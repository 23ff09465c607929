import { cellWidth, fitCell } from '../flow/format/cell.ts';
import { COMMANDS, type CommandSpec, showKey } from './keys.ts';
import type { Theme } from './theme.ts';

const COLUMN_WIDTH = 58;
const KEYS_WIDTH = 13;

const GRAMMAR = [
  'payments            any column contains it',
  'ns=shop             field=glob; either side, or src.ns= dst.ns=',
  'verdict=drop | status>=500   space = and, | = or, - = not, ( )',
  'lat>250ms  path~^/api  ip=10.0.0.0/8  -dns=*.local',
];

function helpEntries(theme: Theme): string[] {
  const groups = Array.from(new Set(COMMANDS.map(({ group }) => group)));
  const commands: readonly CommandSpec[] = COMMANDS;
  return groups.flatMap((group) => [
    theme.paint('strong', fitCell(group, COLUMN_WIDTH)),
    ...commands
      .filter((each) => each.group === group)
      .map(({ keys, does }) => {
        const shown = fitCell(` ${keys.map(showKey).join(' ')}`, KEYS_WIDTH);
        return (
          theme.paint('info', shown) + fitCell(does, COLUMN_WIDTH - KEYS_WIDTH, { ellipsis: theme.glyphs.ellipsis })
        );
      }),
    '',
  ]);
}

/**
 * The help as lines that cover the lower part of the list, at most `height`: as many columns as fit, a title rule and
 * the filter grammar. `scroll` skips lines where the screen is too small for all of it.
 */
export function helpLines(width: number, height: number, scroll: number, theme: Theme): string[] {
  const entries = [
    ...helpEntries(theme),
    theme.paint('strong', fitCell('Filter grammar', COLUMN_WIDTH)),
    ...GRAMMAR.map((line) => fitCell(` ${line}`, COLUMN_WIDTH, { ellipsis: theme.glyphs.ellipsis })),
  ];
  const columns = Math.max(1, Math.floor(width / (COLUMN_WIDTH + 2)));
  const perColumn = Math.ceil(entries.length / columns);
  const lines = Array.from({ length: perColumn }, (_, y) =>
    Array.from({ length: columns }, (_, x) => entries[x * perColumn + y] ?? '')
      .map((entry) => (entry === '' ? ' '.repeat(COLUMN_WIDTH) : entry))
      .join('  '),
  );
  const room = Math.max(1, height - 1);
  const first = Math.min(scroll, Math.max(0, lines.length - room));
  const more =
    lines.length > room ? ` ${first + 1}-${Math.min(lines.length, first + room)} of ${lines.length}, j k ` : '';
  const title = `${theme.glyphs.line}${theme.glyphs.line} Keys ${theme.glyphs.line} Esc closes${more} `;
  const rule = theme.glyphs.line.repeat(Math.max(0, width - cellWidth(title)));
  return [
    theme.paint('info', fitCell(title + rule, width)),
    ...lines.slice(first, first + room).map((line) => (columns === 1 ? line : ` ${line}`)),
  ];
}
