/** What a piece of text means; the theme decides how that looks. Never the only carrier of the meaning. */
export type Style = 'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'warn' | 'info' | 'selected' | 'cell' | 'alarm';

/** Signs that differ between a UTF-8 terminal and an ASCII one; each is one column wide. */
export interface Glyphs {
  readonly forwarded: string;
  readonly dropped: string;
  readonly fault: string;
  readonly redirected: string;
  readonly unsure: string;
  readonly right: string;
  readonly left: string;
  readonly ellipsis: string;
  readonly line: string;
  readonly bar: string;
  readonly marker: string;
  readonly live: string;
  readonly paused: string;
  readonly ended: string;
  readonly up: string;
  readonly down: string;
  readonly dot: string;
}

const UNICODE: Glyphs = {
  forwarded: '✓',
  dropped: '✗',
  fault: '!',
  redirected: '»',
  unsure: '?',
  right: '→',
  left: '←',
  ellipsis: '…',
  line: '─',
  bar: '│',
  marker: '▌',
  live: '●',
  paused: '‖',
  ended: '■',
  up: '↑',
  down: '↓',
  dot: '·',
};

const ASCII: Glyphs = {
  forwarded: '+',
  dropped: 'x',
  fault: '!',
  redirected: '>',
  unsure: '?',
  right: '>',
  left: '<',
  ellipsis: '~',
  line: '-',
  bar: '|',
  marker: '>',
  live: '*',
  paused: '=',
  ended: '#',
  up: '^',
  down: 'v',
  dot: '.',
};

/** SGR parameters per style. ANSI-16 foregrounds on the terminal's own colours; inverse is the only background. */
const COLOUR: Readonly<Record<Style, string>> = {
  plain: '',
  dim: '2',
  strong: '1',
  good: '32',
  bad: '1;31',
  warn: '33',
  info: '36',
  selected: '7',
  cell: '1;4;7',
  alarm: '1;7;31',
};

const MONOCHROME: Readonly<Record<Style, string>> = {
  ...COLOUR,
  dim: '',
  good: '',
  bad: '1',
  warn: '1',
  info: '',
  alarm: '1;7',
};

/** Looks of one run: decided once from the environment, then passed down. */
export interface Theme {
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
  /** `text` wrapped in the style's SGR codes, ending in a reset; unchanged for `plain`. */
  paint(style: Style, text: string): string;
}

/** What the environment says about the terminal. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the locale lets a terminal print more than ASCII (POSIX: LC_ALL, then LC_CTYPE, then LANG). */
function isUtf8(env: Environment): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

/** The theme that `NO_COLOR` (no-color.org) and the locale ask for. */
export function createTheme(env: Environment): Theme {
  const codes = env.NO_COLOR ? MONOCHROME : COLOUR;
  const ascii = !isUtf8(env);
  return {
    ascii,
    glyphs: ascii ? ASCII : UNICODE,
    paint: (style, text) => (codes[style] === '' || text === '' ? text : `\x1b[${codes[style]}m${text}\x1b[0m`),
  };
}
