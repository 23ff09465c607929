import type { LostEvent } from '../gen/flow.ts';
import type { FlowEvent } from '../source.ts';
import { escapeText } from './escape.ts';
import { flowTypeText } from './flow-type.ts';
import type { FlowFormatter, FormatOptions } from './formatter.ts';
import { lostCountText, lostCpuText, lostSourceText, lostSpanText } from './lost-events.ts';
import { nodeStatusLine } from './node-status.ts';
import { destinationText, identityText, sourceText, summaryText, verdictText } from './parts.ts';

/**
 * One line an event: `TIME: SOURCE (ID) -> DESTINATION (ID) TYPE VERDICT (SUMMARY)`.
 *
 * Of a reply the two sides are swapped and the arrow turned, so that a client always stands on the left; `<>` means
 * that it is not known whether the flow is a reply. Lost events have the line of Hubble 1.17, and that of 1.19, with
 * the time, when the server sends the span they were lost in.
 */
export function createCompactFormatter(options: FormatOptions): FlowFormatter {
  const { timeText, palette, nodeName } = options;

  function lostLine(event: FlowEvent, lost: LostEvent): string {
    const span = lostSpanText(lost, timeText);
    const time = span === '' ? '' : `${timeText(event.time)} `;
    return `${time}EVENTS LOST: ${lostSourceText(lost)} ${lostCpuText(lost)} ${lostCountText(lost)}${span}\n`;
  }

  function format(event: FlowEvent): string {
    const { flow, lostEvents } = event;
    if (lostEvents !== undefined) return lostLine(event, lostEvents);
    if (flow === undefined) return '';
    const node = nodeName ? ` [${escapeText(flow.nodeName ?? '')}]` : '';
    const source = `${sourceText(flow, options)} ${identityText(flow.source, palette)}`;
    const destination = `${destinationText(flow, options)} ${identityText(flow.destination, palette)}`;
    const { isReply } = flow;
    const sides = isReply
      ? `${destination} <- ${source}`
      : `${source} ${isReply === undefined ? '<>' : '->'} ${destination}`;
    const type = escapeText(flowTypeText(flow));
    const verdict = verdictText(flow, options);
    return `${timeText(flow.time)}${node}: ${sides} ${type} ${verdict} (${summaryText(flow, options)})\n`;
  }

  return { format, formatStatus: (event) => nodeStatusLine(event, timeText), end: () => '' };
}
