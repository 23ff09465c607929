import type { Endpoint, Flow } from '../gen/flow.ts';
import { isFault } from './fault.ts';
import { dropReasonsOf, flagsOf, pathOf, protocolsOf, RCODE_NAMES, typeOf, verdictOf } from './names.ts';

/** Which end of a flow. */
export type FlowSide = 'source' | 'destination';

/** A field of the filter grammar. */
export interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  /**
   * How values compare. `text` globs; `name` globs and takes the part before a `-` for the whole (`pod=cart`);
   * `address` globs and CIDR; `words` exact, several joined by `,` must all be there; `verdict` by the start of a name;
   * `number` and `duration` in order.
   */
  readonly compares: 'text' | 'name' | 'address' | 'words' | 'verdict' | 'number' | 'duration';
  /** Which ends it has: both (so that `src.` and `dst.` may stand before it), one, or none. */
  readonly sides: readonly FlowSide[];
  /** One line for completion and documentation. */
  readonly does: string;
  /** The values it has in a flow at one side, the one to propose last. Fields without sides ignore `side`. */
  values(flow: Flow, side: FlowSide): readonly (string | undefined)[];
  /** For `number` and `duration` (nanoseconds): NaN when there is none. */
  number?(flow: Flow, side: FlowSide): number;
}

const BOTH: readonly FlowSide[] = ['source', 'destination'];
// A field without sides is asked once; which side is then of no matter.
const NONE: readonly FlowSide[] = ['source'];

/** `[ns/]name` in both forms, so that either may be typed. */
function qualified(namespace: string | undefined, name: string | undefined): readonly (string | undefined)[] {
  if (!name) return [];
  return namespace ? [name, `${namespace}/${name}`] : [name];
}

function workloadsOf(endpoint: Endpoint | undefined): readonly (string | undefined)[] {
  return endpoint?.workloads?.flatMap(({ name }) => qualified(endpoint.namespace, name)) ?? [];
}

function serviceOf(flow: Flow, side: FlowSide): readonly (string | undefined)[] {
  const service = side === 'source' ? flow.sourceService : flow.destinationService;
  return qualified(service?.namespace, service?.name);
}

function labelsOf(endpoint: Endpoint | undefined): readonly string[] {
  return (
    endpoint?.labels?.flatMap((label) => {
      const bare = label.replace(/^[a-z0-9]+:/, '');
      return [label, bare.replace(/=.*$/, ''), bare];
    }) ?? []
  );
}

/** Every name a side of a flow goes by: what `--from` and `--to` accept. */
function identitiesOf(flow: Flow, side: FlowSide): readonly (string | undefined)[] {
  const endpoint = flow[side];
  const app = endpoint?.labels?.flatMap((label) => /^k8s:app=(.+)$/.exec(label)?.[1] ?? []) ?? [];
  const reserved = endpoint?.labels?.flatMap((label) => /^reserved:(.+)$/.exec(label)?.[1] ?? []) ?? [];
  return [
    flow.ip?.[side],
    ...((side === 'source' ? flow.sourceNames : flow.destinationNames) ?? []),
    ...reserved,
    ...app,
    endpoint?.namespace,
    ...qualified(endpoint?.namespace, endpoint?.podName),
    ...serviceOf(flow, side),
    ...workloadsOf(endpoint),
  ];
}

function portOf(flow: Flow, side: FlowSide): number {
  const ports = flow.l4?.tcp ?? flow.l4?.udp ?? flow.l4?.sctp;
  return (side === 'source' ? ports?.sourcePort : ports?.destinationPort) ?? Number.NaN;
}

function numeric(value: number): readonly string[] {
  return Number.isNaN(value) ? [] : [String(value)];
}

function text(
  name: string,
  aliases: readonly string[],
  sides: readonly FlowSide[],
  does: string,
  values: Field['values'],
  compares: Field['compares'] = 'text',
): Field {
  return { name, aliases, compares, sides, does, values };
}

function number(
  name: string,
  aliases: readonly string[],
  compares: 'number' | 'duration',
  sides: readonly FlowSide[],
  does: string,
  read: (flow: Flow, side: FlowSide) => number,
): Field {
  return { name, aliases, compares, sides, does, values: (flow, side) => numeric(read(flow, side)), number: read };
}

const statusOf = (flow: Flow): number => flow.l7?.http?.code || Number.NaN;
const latencyOf = (flow: Flow): number => (flow.l7?.latencyNs === undefined ? Number.NaN : Number(flow.l7.latencyNs));
const answerOf = (flow: Flow): readonly string[] => {
  const dns = flow.l7?.dns;
  return dns === undefined || flow.l7?.type === 1 ? [] : [RCODE_NAMES[dns.rcode ?? 0] ?? '', String(dns.rcode ?? 0)];
};

/** Every field of the grammar, in the order people reach for them. */
export const FIELDS: readonly Field[] = [
  text('ns', ['namespace'], BOTH, 'namespace', (flow, side) => [flow[side]?.namespace]),
  text(
    'pod',
    [],
    BOTH,
    'pod, or the start of its name',
    (flow, side) => qualified(flow[side]?.namespace, flow[side]?.podName),
    'name',
  ),
  text('wl', ['workload'], BOTH, 'workload: deployment, job …', (flow, side) => workloadsOf(flow[side])),
  text('svc', ['service'], BOTH, 'service', serviceOf),
  text('label', ['labels'], BOTH, 'label: key=value or key', (flow, side) => labelsOf(flow[side])),
  text('ip', ['address', 'cidr'], BOTH, 'address or CIDR block', (flow, side) => [flow.ip?.[side]], 'address'),
  number('port', [], 'number', BOTH, 'port', portOf),
  text('node', [], NONE, 'node that saw it', (flow) => [flow.nodeName]),
  text('from', ['source'], ['source'], 'any name of the sender', identitiesOf, 'name'),
  text('to', ['dest', 'destination'], ['destination'], 'any name of the receiver', identitiesOf, 'name'),
  text('verdict', [], NONE, 'forwarded, dropped, error …', (flow) => [verdictOf(flow)], 'verdict'),
  text('reason', [], NONE, 'why it was dropped', dropReasonsOf),
  text('proto', ['protocol'], NONE, 'tcp, udp, http …', protocolsOf),
  text('l7', [], NONE, 'http, dns, kafka', (flow) =>
    Object.keys(flow.l7 ?? {}).filter((key) => /^(http|dns|kafka)$/.test(key)),
  ),
  text('method', [], NONE, 'HTTP method', (flow) => [flow.l7?.http?.method]),
  text('path', ['url'], NONE, 'HTTP path', (flow) =>
    flow.l7?.http?.url === undefined ? [] : [pathOf(flow.l7.http.url)],
  ),
  number('status', ['code'], 'number', NONE, 'HTTP status', statusOf),
  text('dns', ['query'], NONE, 'DNS name asked for', (flow) => [flow.l7?.dns?.query?.replace(/(.)\.$/, '$1')]),
  text('rcode', [], NONE, 'DNS answer: NXDOMAIN …', answerOf),
  number('lat', ['latency'], 'duration', NONE, 'time to the answer', latencyOf),
  text('flags', ['tcp'], NONE, 'TCP flags: syn, or syn,ack', (flow) => flagsOf(flow.l4?.tcp?.flags), 'words'),
  text('reply', [], NONE, 'yes, no or unknown', ({ isReply }) => [
    isReply === undefined ? 'unknown' : isReply ? 'yes' : 'no',
  ]),
  text('type', [], NONE, 'packet, drop, l7, close, connect-failed', (flow) => [typeOf(flow)]),
  text('fault', [], NONE, 'yes: dropped, failed, 5xx', (flow) => [isFault(flow) ? 'yes' : 'no']),
];

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field] as const)),
);

/** The field of a canonical or alternative name. */
export function fieldNamed(name: string): Field | undefined {
  return BY_NAME.get(name);
}
