/** What a column of the flow list shows. */
export type ColumnName =
  | 'time'
  | 'verdict'
  | 'source'
  | 'arrow'
  | 'destination'
  | 'port'
  | 'info'
  | 'code'
  | 'latency'
  | 'node';

/** One column: its place on its line and how text is fitted into it. */
export interface Column {
  readonly name: ColumnName;
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly cut: 'end' | 'middle';
}

/** How one row is laid out. The same width always gives the same plan, so rows never jiggle. */
export interface ColumnPlan {
  /** Columns of the terminal the list may use, marker included. */
  readonly width: number;
  /** One or two lines per row, each with its columns, separated by one space. */
  readonly lines: readonly (readonly Column[])[];
  /** Time without milliseconds. */
  readonly shortTime: boolean;
  /** Pod names without their namespace. */
  readonly shortNames: boolean;
  /** Every line is as wide as the plan, for a pane beside it. */
  readonly padded: boolean;
}

const TITLES: Readonly<Record<ColumnName, string>> = {
  time: 'TIME',
  verdict: 'V',
  source: 'SOURCE',
  arrow: '',
  destination: 'DESTINATION',
  port: 'PORT',
  info: 'TYPE / L7',
  code: 'CODE',
  latency: 'TOOK',
  node: 'NODE',
};

const RIGHT: readonly ColumnName[] = ['port', 'latency'];
const MIDDLE: readonly ColumnName[] = ['source', 'destination', 'node'];
const MARKER = 1;
const INDENT = 9;

function column(name: ColumnName, width: number): Column {
  return {
    name,
    title: TITLES[name],
    width,
    align: RIGHT.includes(name) ? 'right' : 'left',
    cut: MIDDLE.includes(name) ? 'middle' : 'end',
  };
}

/** Fixed widths per tier of terminal width; `info` takes what is left, and the two names share `names` of it. */
interface Tier {
  readonly from: number;
  readonly time: number;
  readonly names: number;
  readonly longestName: number;
  readonly code: number;
  readonly latency: number;
  readonly node: number;
}

const TIERS: readonly Tier[] = [
  { from: 190, time: 12, names: 0.56, longestName: 44, code: 8, latency: 6, node: 18 },
  { from: 140, time: 12, names: 0.58, longestName: 40, code: 8, latency: 6, node: 0 },
  { from: 100, time: 12, names: 0.62, longestName: 32, code: 8, latency: 6, node: 0 },
  { from: 88, time: 8, names: 0.58, longestName: 24, code: 5, latency: 6, node: 0 },
  { from: 72, time: 8, names: 0.58, longestName: 20, code: 5, latency: 0, node: 0 },
];

/** The plan for a list `width` columns wide; `padded` when a pane stands beside it. */
export function planColumns(width: number, padded = false): ColumnPlan {
  const tier = TIERS.find(({ from }) => width >= from);
  return tier === undefined ? planTwoLines(width, padded) : planOneLine(width, padded, tier);
}

function planOneLine(width: number, padded: boolean, tier: Tier): ColumnPlan {
  const fixed = [tier.time, 4, 1, 5, tier.code, tier.latency, tier.node].filter((each) => each > 0);
  const gaps = fixed.length + 2;
  const free = width - MARKER - fixed.reduce((sum, each) => sum + each, 0) - gaps;
  const name = Math.min(tier.longestName, Math.floor((free * tier.names) / 2));
  const columns = [
    column('time', tier.time),
    column('verdict', 4),
    column('source', name),
    column('arrow', 1),
    column('destination', name),
    column('port', 5),
    column('info', free - 2 * name),
    column('code', tier.code),
    ...(tier.latency > 0 ? [column('latency', tier.latency)] : []),
    ...(tier.node > 0 ? [column('node', tier.node)] : []),
  ];
  return { width, lines: [columns], shortTime: tier.time < 12, shortNames: width < 100, padded };
}

function planTwoLines(width: number, padded: boolean): ColumnPlan {
  const free = width - MARKER - 8 - 4 - 1 - 5 - 5;
  const source = Math.floor(free / 2);
  const first = [
    column('time', 8),
    column('verdict', 4),
    column('source', source),
    column('arrow', 1),
    column('destination', free - source),
    column('port', 5),
  ];
  const second = [column('info', width - MARKER - INDENT - 5 - 6 - 2), column('code', 5), column('latency', 6)];
  return { width, lines: [first, second], shortTime: true, shortNames: true, padded };
}

/** Blank columns before the columns of a line: the marker, and on a second line the indent below the time. */
export function indentOf(line: number): number {
  return line === 0 ? MARKER : MARKER + INDENT;
}
