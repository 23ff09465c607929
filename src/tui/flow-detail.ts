import { sanitizeCell, wrapCell } from '../flow/format/cell.ts';
import { type Flow, TraceObservationPoint, TrafficDirection, Verdict } from '../flow/gen/flow.ts';
import { type Connection, Event, type FlowDetail, Role } from '../flow/gen/netwatch.ts';
import { countText } from '../flow/quantity-text.ts';
import type { FlowEvent } from '../flow/source.ts';
import { pathOf, verdictOf } from '../flow/where/names.ts';
import { addressOf, nameOf, portOf, type Side } from './endpoint-name.ts';
import { codeWord, dropReasonWords, flagNames, netfilterPlace, protocolName } from './flow-words.ts';
import { formatBytes, formatClock, formatDuration } from './quantity.ts';
import { noteText } from './row-painter.ts';
import type { Style, Theme } from './theme.ts';

/** One labelled statement about a flow; a label of '' continues the one before. Not sanitised. */
interface Statement {
  readonly label: string;
  readonly text: string;
  readonly style?: Style;
}

type Statements = readonly (Statement | undefined)[];

const LABEL_WIDTH = 11;

const POINTS = new Map<number, string>(Object.entries(TraceObservationPoint).map(([name, value]) => [value, name]));
const EVENTS = new Map<number, string>([
  [Event.EVENT_PACKET, 'packet'],
  [Event.EVENT_DROP, 'drop'],
  [Event.EVENT_CLOSE, 'connection closed'],
  [Event.EVENT_CONNECT_FAILED, 'connection attempt failed'],
  [Event.EVENT_L7, 'L7 message'],
]);

function statement(label: string, text: string | undefined, style?: Style): Statement | undefined {
  return text ? { label, text, style } : undefined;
}

function describeEndpoint(flow: Flow, side: Side, label: string): Statements {
  const endpoint = flow[side];
  const port = portOf(flow, side);
  const address = addressOf(flow, side);
  const service = side === 'source' ? flow.sourceService : flow.destinationService;
  const names = side === 'source' ? flow.sourceNames : flow.destinationNames;
  const workloads = endpoint?.workloads?.map(({ kind, name }) => [kind, name].filter(Boolean).join(' ')).join(', ');
  return [
    statement(label, nameOf(flow, side, false), 'strong'),
    statement('', address && (port > 0 ? `${address} port ${port}` : address)),
    statement('', workloads && `workload ${workloads}`),
    statement('', service?.name && `service ${[service.namespace, service.name].filter(Boolean).join('/')}`),
    statement('', names?.length ? `dns ${names.join(', ')}` : ''),
    statement('', endpoint?.identity ? `identity ${endpoint.identity}` : ''),
    statement('', endpoint?.labels?.length ? `labels ${endpoint.labels.join(' ')}` : ''),
    statement('', endpoint?.clusterName && `cluster ${endpoint.clusterName}`),
  ];
}

function describeDrop(flow: Flow): Statements {
  if (flow.verdict !== Verdict.DROPPED) return [];
  const { detail } = flow;
  const policies = [...(flow.egressDeniedBy ?? []), ...(flow.ingressDeniedBy ?? [])];
  const place = detail === undefined ? '' : netfilterPlace(detail);
  const hook = detail?.netfilter?.hook;
  return [
    statement('why', dropReasonWords(flow), 'bad'),
    statement('', detail?.skbDropReason && `kernel reason ${detail.skbDropReason}`),
    statement('', detail?.dropFunction && `in kernel function ${detail.dropFunction}`),
    statement('', place && `netfilter ${place}${hook ? ` at hook ${hook}` : ''}`),
    statement('', detail?.netfilter?.comment && `rule comment "${detail.netfilter.comment}"`),
    ...policies.map(({ kind, namespace, name }) =>
      statement('', `denied by ${kind ?? 'policy'} ${[namespace, name].filter(Boolean).join('/')}`),
    ),
    statement('', flow.file?.name && `at ${flow.file.name}:${flow.file.line ?? 0}`),
  ];
}

function describeL7({ l7 }: Flow, code: string): Statements {
  if (l7 === undefined) return [];
  const { http, dns, kafka } = l7;
  const kind = ['', 'request', 'response', 'sample'][l7.type ?? 0] ?? '';
  const took = statement('latency', l7.latencyNs === undefined ? '' : formatDuration(l7.latencyNs));
  if (http !== undefined) {
    return [
      statement('http', [kind, http.method, pathOf(http.url ?? '')].filter(Boolean).join(' '), 'strong'),
      statement('status', code, (http.code ?? 0) >= 500 ? 'bad' : undefined),
      took,
      statement('', http.protocol),
      statement('', http.url && `url ${http.url}`),
      ...(http.headers ?? []).map(({ key, value }) => statement('', `${key ?? ''}: ${value ?? ''}`)),
    ];
  }
  if (dns !== undefined) {
    return [
      statement('dns', [kind, dns.qtypes?.join(','), dns.query].filter(Boolean).join(' '), 'strong'),
      statement('answer', code, dns.rcode ? 'bad' : undefined),
      took,
      statement('', dns.ips?.length ? `addresses ${dns.ips.join(' ')}` : ''),
      statement('', dns.cnames?.length ? `aliases ${dns.cnames.join(' ')}` : ''),
      statement('', dns.ttl ? `ttl ${dns.ttl}s` : ''),
    ];
  }
  return [statement('kafka', [kind, kafka?.apiKey, kafka?.topic].filter(Boolean).join(' '), 'strong'), took];
}

const describeRetransmits = (count = 0): Statement | undefined =>
  statement('', countText(count, 'retransmit'), count > 0 ? 'warn' : undefined);

/** No bytes and no round trip: only how long it took to fail, and how. */
function describeFailedConnect({ error, durationNs, retransmits }: Connection): Statements {
  return [
    statement('connection', `attempt failed${error ? ` with ${error}` : ': no answer to the SYN'}`, 'bad'),
    statement('', error ? '' : 'the client gave up waiting'),
    statement('', durationNs === undefined ? '' : `after ${formatDuration(durationNs)}`),
    describeRetransmits(retransmits),
  ];
}

function describeConnection(detail: FlowDetail | undefined): Statements {
  const connection: Connection | undefined = detail?.connection;
  if (detail?.event === Event.EVENT_CONNECT_FAILED) return describeFailedConnect(connection ?? {});
  if (connection === undefined) return [];
  const { role, connectNs, durationNs, srttNs, minRttNs, retransmits, bytesSent, bytesReceived, error } = connection;
  const ended = error ? `ended with ${error}` : 'ended in order';
  const seenBy = role === Role.ROLE_CLIENT ? 'client' : role === Role.ROLE_SERVER ? 'server' : '';
  return [
    statement('connection', ended, error ? 'bad' : undefined),
    statement('', seenBy && `totals as seen by the ${seenBy}`),
    statement('', `sent ${formatBytes(bytesSent ?? 0)}, received ${formatBytes(bytesReceived ?? 0)}`),
    statement('', durationNs === undefined ? '' : `lasted ${formatDuration(durationNs)}`),
    statement('', connectNs === undefined ? '' : `connected in ${formatDuration(connectNs)}`),
    statement('', srttNs === undefined ? '' : `round trip ${formatDuration(srttNs)}`),
    statement('', minRttNs === undefined ? '' : `least round trip ${formatDuration(minRttNs)}`),
    describeRetransmits(retransmits),
  ];
}

function describePacket(flow: Flow): Statements {
  const icmp = flow.l4?.icmpv4 ?? flow.l4?.icmpv6;
  const flags = flagNames(flow.l4?.tcp?.flags);
  const protocol = protocolName(flow);
  const what = icmp === undefined ? flags && `flags ${flags}` : `type ${icmp.type ?? 0} code ${icmp.code ?? 0}`;
  const direction =
    flow.trafficDirection === TrafficDirection.INGRESS
      ? 'ingress'
      : flow.trafficDirection === TrafficDirection.EGRESS
        ? 'egress'
        : '';
  const reply = flow.isReply === undefined ? 'unknown whether a reply' : flow.isReply ? 'reply' : 'not a reply';
  return [
    statement('protocol', [protocol, what].filter(Boolean).join(', ')),
    statement('', [direction, reply].filter(Boolean).join(', ')),
    statement('', flow.ip?.encrypted ? 'encrypted' : ''),
    statement('', flow.summary && `summary ${flow.summary}`),
  ];
}

function describeOrigin(flow: Flow, event: FlowEvent, detail: FlowDetail | undefined): Statements {
  const { process, originalDestination, netns, cgroupId, socketCookie } = detail ?? {};
  const seen = EVENTS.get(detail?.event ?? 0) ?? (flow.l7 === undefined ? '' : 'L7 message');
  const point = POINTS.get(flow.traceObservationPoint ?? 0);
  const pointName = point === undefined || point === 'UNKNOWN_POINT' ? '' : `at ${point}`;
  const type = flow.eventType === undefined ? '' : `(type ${flow.eventType.type ?? 0}/${flow.eventType.subType ?? 0})`;
  return [
    statement(
      'was going',
      originalDestination && `to ${originalDestination.ip ?? ''} port ${originalDestination.port ?? 0}`,
    ),
    statement('process', process && `${process.comm ?? '?'} pid ${process.pid ?? '?'}`),
    statement('node', flow.nodeName ?? event.nodeName),
    statement('interface', flow.interface?.name),
    statement('event', [seen, pointName, type].filter(Boolean).join(' ')),
    statement('', netns === undefined ? '' : `network namespace ${netns}`),
    statement('', cgroupId === undefined ? '' : `cgroup ${cgroupId}`),
    statement('', socketCookie === undefined ? '' : `socket ${socketCookie}`),
    statement('trace', flow.traceContext?.parent?.traceId),
    statement('uuid', flow.uuid),
  ];
}

/** Everything about one flow in words, as finished lines of at most `width` columns. */
export function detailLines(event: FlowEvent, width: number, theme: Theme): string[] {
  const { flow } = event;
  if (flow === undefined) return wrapCell(noteText(event, theme), width);
  const style: Style = flow.verdict === Verdict.DROPPED || flow.verdict === Verdict.ERROR ? 'bad' : 'good';
  const date = flow.time === undefined ? '' : new Date(flow.time.seconds * 1000).toDateString();
  const blocks: Statements[] = [
    [statement('verdict', verdictOf(flow), style), statement('time', `${formatClock(flow.time, false)}  ${date}`)],
    describeDrop(flow),
    describeL7(flow, codeWord(flow, false)),
    describeConnection(flow.detail),
    describeEndpoint(flow, 'source', 'from'),
    describeEndpoint(flow, 'destination', 'to'),
    describePacket(flow),
    describeOrigin(flow, event, flow.detail),
  ];
  return blocks
    .map((block) => block.filter((each) => each !== undefined))
    .filter((block) => block.length > 0)
    .flatMap((block, index) => [...(index > 0 ? [''] : []), ...layOut(block, width, theme)]);
}

function layOut(block: readonly Statement[], width: number, theme: Theme): string[] {
  return block.flatMap(({ label, text, style }) =>
    wrapCell(sanitizeCell(text, theme), width - LABEL_WIDTH).map(
      (line, index) =>
        theme.paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH)) + theme.paint(style ?? 'plain', line),
    ),
  );
}
