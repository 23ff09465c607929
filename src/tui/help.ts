import { cellWidth, fitCell } from '../flow/format/cell.ts';
import { COMMANDS, type Command, type CommandSpec, showKey } from './keys.ts';
import type { Theme } from './theme.ts';

const COLUMN_WIDTH = 66;
const MAX_SCROLL = COMMANDS.length + 10;
const KEYS_WIDTH = 17;

const GRAMMAR = [
  'payments            any column contains it',
  'ns=shop             field=glob; either side, or src.ns= dst.ns=',
  'verdict=drop | status>=500   space = and, | = or, - = not, ( )',
  'lat>250ms  path~^/api  ip=10.0.0.0/8  -dns=*.local',
];

function helpEntries(theme: Theme, width: number): string[] {
  const groups = Array.from(new Set(COMMANDS.map(({ group }) => group)));
  const commands: readonly CommandSpec[] = COMMANDS;
  return groups.flatMap((group) => [
    theme.paint('strong', fitCell(group, width)),
    ...commands
      .filter((each) => each.group === group)
      .map(({ keys, does }) => {
        const shown = fitCell(` ${keys.map(showKey).join(' ')}`, KEYS_WIDTH);
        return theme.paint('info', shown) + fitCell(does, width - KEYS_WIDTH, { ellipsis: theme.glyphs.ellipsis });
      }),
    '',
  ]);
}

/**
 * The help as lines that cover the lower part of the list, at most `height`: as many columns as fit, a title rule and
 * the filter grammar. `scroll` skips lines where the screen is too small for all of it.
 */
function helpLines(width: number, height: number, scroll: number, theme: Theme): string[] {
  const columns = Math.max(1, Math.floor(width / (COLUMN_WIDTH + 2)));
  const columnWidth = columns === 1 ? width : COLUMN_WIDTH;
  const entries = [
    ...helpEntries(theme, columnWidth),
    theme.paint('strong', fitCell('Filter grammar', columnWidth)),
    ...GRAMMAR.map((line) => fitCell(` ${line}`, columnWidth, { ellipsis: theme.glyphs.ellipsis })),
  ];
  const perColumn = Math.ceil(entries.length / columns);
  const lines = Array.from({ length: perColumn }, (_, y) =>
    Array.from({ length: columns }, (_, x) => entries[x * perColumn + y] || ' '.repeat(columnWidth)).join('  '),
  );
  const room = Math.max(0, height - 1);
  const first = Math.min(scroll, Math.max(0, lines.length - room));
  const more = lines.length > room ? `, ${first + 1}-${first + room} of ${lines.length}, j and k scroll` : '';
  const title = `${theme.glyphs.line}${theme.glyphs.line} Keys: Esc closes${more} `;
  const rule = theme.glyphs.line.repeat(Math.max(0, width - cellWidth(title)));
  return [theme.paint('info', fitCell(title + rule, width)), ...lines.slice(first, first + room)].slice(0, height);
}

/** Whether the help is open, and how far it is scrolled. */
export class HelpOverlay {
  #isOpen = false;
  #scroll = 0;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#scroll = 0;
  }

  /** Scrolls or closes; returns false for any other command, which closes it and is then to be done. */
  run(command: Command): boolean {
    const steps: Partial<Record<Command, number>> = {
      down: 1,
      up: -1,
      halfDown: 8,
      halfUp: -8,
      pageDown: 16,
      pageUp: -16,
    };
    const step = steps[command];
    if (step !== undefined) {
      this.#scroll = Math.min(MAX_SCROLL, Math.max(0, this.#scroll + step));
      return true;
    }
    this.#isOpen = false;
    return command === 'escape' || command === 'back' || command === 'help';
  }

  lines(width: number, height: number, theme: Theme): string[] {
    return this.#isOpen ? helpLines(width, height, this.#scroll, theme) : [];
  }
}
