import type { Flow } from '../flow/gen/flow.ts';
import { dropReasonsOf, pathOf, RCODE_NAMES, verdictOf } from '../flow/where/names.ts';
import { quoteValue } from '../flow/where/print.ts';
import type { ColumnName } from './column-plan.ts';
import { addressOf, nameOf, orient, portOf, type Side } from './endpoint-name.ts';
import { codeWord } from './flow-words.ts';

/** Columns that can be marked with the cell cursor, from left to right. */
export const MARKABLE: readonly ColumnName[] = ['verdict', 'source', 'destination', 'port', 'info', 'code', 'latency'];

const NS_PER_MS = 1e6;

/** A name of either side, so that keeping one end of a conversation keeps its replies. */
function sideTerm(flow: Flow, side: Side): string {
  const endpoint = flow[side];
  if (endpoint?.podName) return `pod=${quoteValue(nameOf(flow, side, false))}`;
  const service = side === 'source' ? flow.sourceService : flow.destinationService;
  if (service?.name) return `svc=${quoteValue(nameOf(flow, side, false))}`;
  const address = addressOf(flow, side);
  return address && `ip=${quoteValue(address)}`;
}

function infoTerm(flow: Flow): string {
  const { l7, l4 } = flow;
  if (l7?.http?.url !== undefined) return `path=${quoteValue(pathOf(l7.http.url))}`;
  if (l7?.dns?.query) return `dns=${quoteValue(l7.dns.query.replace(/(.)\.$/, '$1'))}`;
  const [reason] = dropReasonsOf(flow);
  if (reason !== undefined) return `reason=${quoteValue(reason)}`;
  const flags = Object.entries(l4?.tcp?.flags ?? {}).flatMap(([flag, set]) => (set === true ? [flag] : []));
  if (flags.length > 0) return `flags=${flags.join(',')}`;
  const protocol = Object.keys(l4 ?? {})[0];
  return protocol === undefined ? '' : `proto=${protocol}`;
}

function codeTerm(flow: Flow): string {
  if (flow.l7?.http?.code) return `status=${flow.l7.http.code}`;
  const rcode = flow.l7?.dns?.rcode ?? 0;
  return codeWord(flow, false) && `rcode=${RCODE_NAMES[rcode] ?? rcode}`;
}

/** The filter term that says what a cell says; '' when the cell is empty or says nothing a filter could. */
export function termForCell(flow: Flow, column: ColumnName): string {
  const { left, right } = orient(flow);
  switch (column) {
    case 'verdict':
      return `verdict=${verdictOf(flow).toLowerCase()}`;
    case 'source':
      return sideTerm(flow, left);
    case 'destination':
      return sideTerm(flow, right);
    case 'port':
      return portOf(flow, right) > 0 ? `port=${portOf(flow, right)}` : '';
    case 'info':
      return infoTerm(flow);
    case 'code':
      return codeTerm(flow);
    case 'latency':
      return flow.l7?.latencyNs === undefined ? '' : `lat>=${Math.floor(Number(flow.l7.latencyNs) / NS_PER_MS)}ms`;
    default:
      return '';
  }
}
