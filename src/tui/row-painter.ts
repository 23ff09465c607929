import { cellWidth, fitCell, sanitizeCell } from '../flow/format/cell.ts';
import { type Flow, LostEventSource, Verdict } from '../flow/gen/flow.ts';
import { NodeState } from '../flow/gen/relay.ts';
import { countText } from '../flow/quantity-text.ts';
import type { FlowEvent } from '../flow/source.ts';
import { isFault } from '../flow/where/fault.ts';
import { type Column, type ColumnName, type ColumnPlan, indentOf } from './column-plan.ts';
import { nameOf, orient, portOf } from './endpoint-name.ts';
import { codeWord, infoWords, verdictWord } from './flow-words.ts';
import { formatClock, formatCount, formatDuration } from './quantity.ts';
import type { Style, Theme } from './theme.ts';

const SLOW_NS = 1e9;

/** Where events get lost, in words. */
export const LOST_PLACES: ReadonlyMap<number, string> = new Map([
  [LostEventSource.PERF_EVENT_RING_BUFFER, 'kernel buffer'],
  [LostEventSource.OBSERVER_EVENTS_QUEUE, 'relay queue'],
  [LostEventSource.HUBBLE_RING_BUFFER, 'relay history'],
]);

/** Plain text of one cell of a flow's row, sanitised. */
function cellText(flow: Flow, name: ColumnName, plan: ColumnPlan, theme: Theme, nodeName?: string): string {
  const { left, right, isReply } = orient(flow);
  const safe = (text: string): string => sanitizeCell(text, theme);
  switch (name) {
    case 'time':
      return formatClock(flow.time, plan.shortTime);
    case 'verdict':
      return verdictWord(flow.verdict ?? 0, isFault(flow), theme.glyphs);
    case 'source':
      return safe(nameOf(flow, left, plan.shortNames));
    case 'arrow':
      return isReply ? theme.glyphs.left : theme.glyphs.right;
    case 'destination':
      return safe(nameOf(flow, right, plan.shortNames));
    case 'port':
      return String(portOf(flow, right) || '');
    case 'info':
      return safe(infoWords(flow, theme.glyphs));
    case 'code':
      return codeWord(flow, plan.shortNames);
    case 'latency':
      return flow.l7?.latencyNs === undefined ? '' : formatDuration(flow.l7.latencyNs);
    case 'node':
      return safe(flow.nodeName ?? nodeName ?? '');
  }
}

/** How a cell looks; its text says the same. */
function styleOf(flow: Flow, name: ColumnName): Style {
  switch (name) {
    case 'time':
    case 'arrow':
    case 'node':
      return 'dim';
    case 'verdict':
      if (flow.verdict === Verdict.DROPPED || isFault(flow)) return 'bad';
      return flow.verdict === Verdict.FORWARDED ? 'good' : 'warn';
    case 'info':
      if (flow.verdict === Verdict.DROPPED) return 'bad';
      return flow.l7 === undefined ? (isFault(flow) ? 'bad' : 'dim') : 'plain';
    case 'code':
      if (isFault(flow)) return 'bad';
      return (flow.l7?.http?.code ?? 0) >= 400 || flow.l7?.dns?.rcode ? 'warn' : 'good';
    case 'latency':
      return Number(flow.l7?.latencyNs ?? 0) >= SLOW_NS ? 'warn' : 'plain';
    default:
      return 'plain';
  }
}

/** Text of a row that is not a flow: events lost, or a node that came or went. Sanitised. */
export function noteText(event: FlowEvent, theme: Theme): string {
  const at = formatClock(event.time, true);
  const { lostEvents, nodeStatus } = event;
  if (lostEvents !== undefined) {
    const where = LOST_PLACES.get(lostEvents.source ?? 0) ?? 'unknown place';
    const node = event.nodeName ? ` on ${event.nodeName}` : '';
    return sanitizeCell(
      `${at} ${countText(formatCount(Number(lostEvents.numEventsLost ?? 0)), 'event')} lost in the ${where}${node}`,
      theme,
    );
  }
  const names = (nodeStatus?.nodeNames ?? []).join(', ') || event.nodeName || 'a node';
  const message = nodeStatus?.message ? `: ${nodeStatus.message}` : '';
  switch (nodeStatus?.stateChange) {
    case NodeState.NODE_CONNECTED:
      return sanitizeCell(`${at} ${names}: connected${message}`, theme);
    case NodeState.NODE_UNAVAILABLE:
      return sanitizeCell(`${at} ${names}: unavailable, its flows are missing from here on${message}`, theme);
    case NodeState.NODE_GONE:
      return sanitizeCell(`${at} ${names}: gone from the cluster`, theme);
    default:
      return sanitizeCell(`${at} ${names}: error${message}`, theme);
  }
}

/**
 * One row as finished terminal lines, as many as the plan has. Everything in them is sanitised
 * and fitted. `marked` makes it the selected row, with that cell under the cell cursor.
 */
export function paintRow(event: FlowEvent, plan: ColumnPlan, theme: Theme, marked: ColumnName | undefined): string[] {
  const { flow } = event;
  if (flow === undefined) return paintNote(event, plan, theme, marked !== undefined);
  const selected = marked !== undefined;
  return plan.lines.map((columns, line) => {
    const indent = ' '.repeat(indentOf(line) - 1);
    const cells = columns.map((column) => paintCell(flow, event, column, plan, theme, marked));
    const gap = selected ? theme.paint('selected', ' ') : ' ';
    // Blanks at the end cost bytes on every frame and show nothing.
    while (!selected && !plan.padded && cells.at(-1)?.trim() === '') cells.pop();
    return (
      (selected ? theme.glyphs.marker : ' ') + (selected ? theme.paint('selected', indent) : indent) + cells.join(gap)
    );
  });
}

function paintCell(
  flow: Flow,
  event: FlowEvent,
  column: Column,
  plan: ColumnPlan,
  theme: Theme,
  marked: ColumnName | undefined,
): string {
  const { name, width, align, cut } = column;
  const text = cellText(flow, name, plan, theme, event.nodeName);
  const fitted = fitCell(text, width, { align, cut, ellipsis: theme.glyphs.ellipsis });
  if (marked === undefined) return text === '' ? fitted : theme.paint(styleOf(flow, name), fitted);
  return theme.paint(name === marked ? 'cell' : 'selected', fitted);
}

function paintNote(event: FlowEvent, plan: ColumnPlan, theme: Theme, selected: boolean): string[] {
  const { glyphs } = theme;
  const text = `${glyphs.line}${glyphs.line} ${noteText(event, theme)} `;
  const width = plan.width - 1;
  const rule = glyphs.line.repeat(Math.max(0, width - cellWidth(text)));
  const fitted = fitCell(text + rule, width, { ellipsis: glyphs.ellipsis });
  const first = (selected ? glyphs.marker : ' ') + theme.paint(selected ? 'selected' : 'warn', fitted);
  return [first, ...plan.lines.slice(1).map(() => (plan.padded ? ' '.repeat(plan.width) : ''))];
}
