import type { FlowEvent } from '../source.ts';
import { PLAIN } from './colors.ts';
import { escapeText } from './escape.ts';
import { flowTypeText } from './flow-type.ts';
import type { FlowFormatter, FormatOptions } from './formatter.ts';
import { lostCountText, lostCpuText, lostSourceText, lostSpanText } from './lost-events.ts';
import { nodeStatusLine } from './node-status.ts';
import { destinationText, sourceText, summaryText, verdictText } from './parts.ts';

const PADDING = 3;

const widthOf = (text: string): number => {
  let width = 0;
  for (const _ of text) width++;
  return width;
};

/** Rows as aligned columns, three spaces apart; the last column is not padded. Width counts characters, as Go's. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell) + PADDING);
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}

/**
 * Aligned columns with a header, never coloured. Nothing is printed before the end, because the widths are not known
 * earlier: all rows are held until then, so this format is not for following.
 */
export function createTabFormatter(formatOptions: FormatOptions): FlowFormatter {
  const options = { ...formatOptions, palette: PLAIN };
  const { timeText, nodeName } = options;
  const rows: string[][] = [];

  const row = (time: string, node: string, ...cells: readonly string[]): void => {
    if (rows.length === 0) {
      const head = ['SOURCE', 'DESTINATION', 'TYPE', 'VERDICT', 'SUMMARY'];
      rows.push(nodeName ? ['TIMESTAMP', 'NODE', ...head] : ['TIMESTAMP', ...head]);
    }
    rows.push(nodeName ? [time, node, ...cells] : [time, ...cells]);
  };

  function format({ flow, lostEvents, time }: FlowEvent): string {
    if (lostEvents !== undefined) {
      const span = lostSpanText(lostEvents, timeText);
      const summary = `${lostCpuText(lostEvents)} - ${lostCountText(lostEvents)}${span}`;
      const source = lostSourceText(lostEvents);
      if (span === '') row('', '', source, '', 'EVENTS LOST', '', summary);
      else row(timeText(time), '-', source, '-', 'EVENTS LOST', '-', summary);
    } else if (flow !== undefined) {
      row(
        timeText(flow.time),
        escapeText(flow.nodeName ?? ''),
        sourceText(flow, options),
        destinationText(flow, options),
        escapeText(flowTypeText(flow)),
        verdictText(flow, options),
        summaryText(flow, options),
      );
    }
    return '';
  }

  function end(): string {
    const text = alignColumns(rows);
    rows.length = 0;
    return text;
  }

  return { format, formatStatus: (event) => nodeStatusLine(event, timeText), end };
}
