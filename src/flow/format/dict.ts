import type { FlowEvent } from '../source.ts';
import { escapeText } from './escape.ts';
import { flowTypeText } from './flow-type.ts';
import type { FlowFormatter, FormatOptions } from './formatter.ts';
import { lostCountText, lostCpuText, lostSourceText } from './lost-events.ts';
import { nodeNamesText, nodeStateText } from './node-status.ts';
import { destinationText, sourceText, verdictText } from './parts.ts';

const SEPARATOR = '------------\n';

/** One block of `KEY: value` lines an event, a line of dashes between two; the summary is the bare one of the flow. */
export function createDictFormatter(options: FormatOptions): FlowFormatter {
  const { timeText, nodeName } = options;
  let started = false;

  const separator = (): string => {
    if (started) return SEPARATOR;
    started = true;
    return '';
  };

  function format({ flow, lostEvents }: FlowEvent): string {
    if (lostEvents !== undefined) {
      const node = nodeName ? '       NODE: \n' : '';
      return (
        `${separator()}  TIMESTAMP: \n${node}     SOURCE: ${lostSourceText(lostEvents)}\n       TYPE: EVENTS LOST\n` +
        `    VERDICT: \n    SUMMARY: ${lostCpuText(lostEvents)} - ${lostCountText(lostEvents)}\n`
      );
    }
    if (flow === undefined) return '';
    const node = nodeName ? `       NODE: ${escapeText(flow.nodeName ?? '')}\n` : '';
    return (
      `${separator()}  TIMESTAMP: ${timeText(flow.time)}\n${node}     SOURCE: ${sourceText(flow, options)}\n` +
      `DESTINATION: ${destinationText(flow, options)}\n       TYPE: ${escapeText(flowTypeText(flow))}\n` +
      `    VERDICT: ${verdictText(flow, options)}\n    SUMMARY: ${escapeText(flow.summary ?? '')}\n`
    );
  }

  function formatStatus({ nodeStatus, time }: FlowEvent): string {
    const message = nodeStatus?.message ? escapeText(JSON.stringify(nodeStatus.message)) : 'N/A';
    return (
      `${separator()}  TIMESTAMP: ${timeText(time)}\n      STATE: ${nodeStateText(nodeStatus?.stateChange)}\n` +
      `      NODES: ${nodeNamesText(nodeStatus?.nodeNames ?? [])}\n    MESSAGE: ${message}\n`
    );
  }

  return { format, formatStatus, end: () => '' };
}
