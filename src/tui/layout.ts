import { fitCell } from '../flow/format/cell.ts';
import { type ColumnPlan, indentOf, planColumns } from './column-plan.ts';

/** Smallest terminal the list fits into. */
export const MIN_COLUMNS = 40;
/** Fewest rows of a terminal. */
export const MIN_ROWS = 8;
/** From this width on, the detail stands beside the list. */
const SIDE_PANE_COLUMNS = 120;

const HEAD_LINES = 3;
const FOOT_LINES = 1;
const MIN_PANE = 48;
const MAX_PANE = 84;

/** Where everything is on a screen of a certain size. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** First line of the body, 0-based, and how many lines it has. */
  readonly bodyTop: number;
  readonly bodyHeight: number;
  readonly plan: ColumnPlan;
  /** List rows that fit. */
  readonly listRows: number;
  /** The detail pane, if it is open: its first column and its width; column 0 means it covers the list. */
  readonly pane: { readonly at: number; readonly width: number } | undefined;
}

/** The layout for a terminal `columns` x `rows` (usable columns), with or without the detail. */
export function layOut(columns: number, rows: number, withDetail: boolean): Layout {
  const bodyHeight = Math.max(1, rows - HEAD_LINES - FOOT_LINES);
  const beside = withDetail && columns >= SIDE_PANE_COLUMNS - 1;
  const paneWidth = beside ? Math.min(MAX_PANE, Math.max(MIN_PANE, Math.floor(columns * 0.42))) : columns;
  const plan = planColumns(beside ? columns - paneWidth : columns, beside);
  return {
    columns,
    rows,
    bodyTop: HEAD_LINES,
    bodyHeight,
    plan,
    listRows: Math.max(1, Math.floor(bodyHeight / plan.lines.length)),
    pane: withDetail ? { at: beside ? columns - paneWidth : 0, width: paneWidth } : undefined,
  };
}

/** The titles of the list's columns; of a row with two lines, of the first. */
export function columnTitles(plan: ColumnPlan): string {
  const [first = []] = plan.lines;
  return ' '.repeat(indentOf(0)) + first.map(({ title, width, align }) => fitCell(title, width, { align })).join(' ');
}

/** Whether only the request to enlarge the terminal fits. The last column of a terminal is never used. */
export function isTooSmall({ columns, rows }: Layout): boolean {
  return columns < MIN_COLUMNS - 1 || rows < MIN_ROWS;
}
