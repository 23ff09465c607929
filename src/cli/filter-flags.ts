import type { FlowFilter } from '../flow/gen/flow.ts';
import {
  parseDirection,
  parseDropReason,
  parseEventType,
  parseHttpHeader,
  parseIdentity,
  parseInterface,
  parseIpTraceId,
  parseIpVersion,
  parseTcpFlags,
  parseVerdict,
  parseWorkload,
} from './filter-values.ts';
import type { Flag } from './options.ts';

/** A side of a flow, or both of them. */
export type Side = 'from' | 'to' | 'either';
/** Fields of a filter that hold a list. */
export type ListField = Exclude<keyof FlowFilter, 'experimental'>;

/**
 * What a filter flag does. A filter that is asked for either side is two filters, one a side: `left` for the source
 * and `right` for the destination; a flag that does not care about sides puts its value into the same field of both.
 */
export type FilterAction =
  | { readonly kind: 'not' }
  | {
      readonly kind: 'field';
      readonly left: ListField;
      readonly right: ListField;
      readonly parse: (text: string) => unknown;
    }
  | { readonly kind: 'cel' }
  | { readonly kind: 'namespace'; readonly side: Side; readonly any: boolean }
  | { readonly kind: 'party'; readonly side: Side };

/** A flag that becomes part of a flow filter. */
export interface FilterFlag extends Flag {
  readonly action: FilterAction;
}

type Stem = 'Ip' | 'Pod' | 'Fqdn' | 'Label' | 'Service' | 'Port' | 'Workload' | 'Identity' | 'ClusterName';
type Parse = (text: string) => unknown;

const GROUP = 'Filters';
const asText: Parse = (text) => text;
/** Switches such as `--ipv4` mean one value, whatever is written after `=`. */
const always =
  (value: unknown): Parse =>
  () =>
    value;

/** `--X`, `--from-X` and `--to-X`; one row of help for the three. */
function sided(name: string, value: string, stem: Stem, help: string, parse = asText, short?: string): FilterFlag[] {
  const row = (flag: string, left: ListField, right: ListField): FilterFlag => ({
    name: flag,
    value,
    help: '',
    group: GROUP,
    action: { kind: 'field', left, right, parse },
  });
  const either = row(name, `source${stem}`, `destination${stem}`);
  return [
    { ...either, help, helpName: `[from-|to-]${name}`, ...(short === undefined ? {} : { short }) },
    row(`from-${name}`, `source${stem}`, `source${stem}`),
    row(`to-${name}`, `destination${stem}`, `destination${stem}`),
  ];
}

function plain(name: string, value: string | undefined, field: ListField, help: string, parse = asText): FilterFlag {
  return { name, value, help, group: GROUP, action: { kind: 'field', left: field, right: field, parse } };
}

function namespace(prefix: string, side: Side, any: boolean): FilterFlag {
  const action: FilterAction = { kind: 'namespace', side, any };
  return any
    ? { name: `${prefix}all-namespaces`, help: '', group: GROUP, action }
    : { name: `${prefix}namespace`, value: 'NS', help: '', group: GROUP, action };
}

const NAMESPACES: readonly FilterFlag[] = [
  {
    ...namespace('', 'either', false),
    short: 'n',
    helpName: '[from-|to-]namespace',
    help: 'Namespace; pods, services and WHO without one are looked up in it',
  },
  namespace('from-', 'from', false),
  namespace('to-', 'to', false),
  {
    ...namespace('', 'either', true),
    short: 'A',
    helpName: '[from-|to-]all-namespaces',
    help: 'Any namespace, for pods and services without one',
  },
  namespace('from-', 'from', true),
  namespace('to-', 'to', true),
];

const party = (name: string, side: Side, help: string): FilterFlag => ({
  name,
  value: 'WHO',
  help,
  group: 'Who',
  action: { kind: 'party', side },
});

/** Every flag that filters flows. Meanings are `hubble observe`'s, but for the first three, which are ours. */
export const FILTER_FLAGS: readonly FilterFlag[] = [
  party(
    'from',
    'from',
    'Sent by WHO: [NS/]NAME of a workload, pod prefix, service or app label; a namespace, IP, CIDR or DNS name',
  ),
  party('to', 'to', 'Sent to WHO'),
  party('with', 'either', 'Sent by WHO or to WHO'),
  { name: 'not', help: 'Reverse the next filter (--not --port 53)', group: GROUP, action: { kind: 'not' } },
  ...NAMESPACES,
  ...sided('pod', 'POD', 'Pod', 'Pod as [NS/]PREFIX; without a namespace it is "default"'),
  ...sided('service', 'SERVICE', 'Service', 'Service as [NS/]PREFIX'),
  ...sided('workload', 'WORKLOAD', 'Workload', 'Workload as NAME, KIND/NAME or KIND/', parseWorkload),
  ...sided('label', 'SELECTOR', 'Label', 'Labels by selector ("app=x", "tier in (a,b),!test")', asText, 'l'),
  ...sided('ip', 'IP', 'Ip', 'Address or CIDR block'),
  plain('snat-ip', 'IP', 'sourceIpXlated', 'Source address or CIDR block after translation'),
  ...sided('fqdn', 'NAME', 'Fqdn', 'DNS name, * for any part ("*.example.com")'),
  ...sided('port', 'PORT', 'Port', 'Port of TCP, UDP or SCTP'),
  ...sided('identity', 'IDENTITY', 'Identity', 'Security identity by name or number', parseIdentity),
  ...sided('cluster', 'CLUSTER', 'ClusterName', 'Name of the cluster'),
  plain(
    'verdict',
    'VERDICT',
    'verdict',
    'FORWARDED, DROPPED, AUDIT, REDIRECTED, ERROR, TRACED or TRANSLATED',
    parseVerdict,
  ),
  plain('drop-reason-desc', 'REASON', 'dropReasonDesc', 'Drop reason ("POLICY_DENIED")', parseDropReason),
  {
    ...plain(
      'type',
      'TYPE[:SUB]',
      'eventType',
      'Event type: drop, l7, trace, trace-sock, policy-verdict, capture or a number ("trace:to-endpoint", "drop:133")',
      parseEventType,
    ),
    short: 't',
  },
  plain('protocol', 'PROTOCOL', 'protocol', 'tcp, udp, sctp, icmp, icmpv4, icmpv6, vrrp, igmp, http, dns or kafka'),
  plain('tcp-flags', 'FLAGS', 'tcpFlags', 'All of these TCP flags ("syn,ack")', parseTcpFlags),
  { ...plain('ipv4', undefined, 'ipVersion', 'IPv4 flows', always(1)), short: '4' },
  { ...plain('ipv6', undefined, 'ipVersion', 'IPv6 flows', always(2)), short: '6' },
  plain('ip-version', 'VERSION', 'ipVersion', 'v4, v6 or none', parseIpVersion),
  plain('traffic-direction', 'DIR', 'trafficDirection', 'ingress or egress', parseDirection),
  plain('http-status', 'STATUS', 'httpStatusCode', 'HTTP status ("404") or its first digits ("5+")'),
  plain('http-method', 'METHOD', 'httpMethod', 'HTTP method, in any case'),
  plain('http-path', 'REGEX', 'httpPath', 'Regular expression found in the path (RE2 syntax)'),
  plain('http-url', 'REGEX', 'httpUrl', 'Regular expression found in the URL (RE2 syntax)'),
  plain('http-header', 'NAME:VAL', 'httpHeader', 'Exact HTTP header', parseHttpHeader),
  plain('node-name', 'NODE', 'nodeName', 'Node as [cluster/]name, * for any part'),
  plain('node-label', 'SELECTOR', 'nodeLabels', 'Label selector on the observing node'),
  plain('interface', 'NAME', 'interface', 'Network interface the flow was observed at', parseInterface),
  plain('uuid', 'UUID', 'uuid', 'The one flow with this id'),
  plain('trace-id', 'ID', 'traceId', 'Trace id of the HTTP request'),
  plain('ip-trace-id', 'ID', 'ipTraceId', 'IP trace id', parseIpTraceId),
  plain('encrypted', undefined, 'encrypted', 'Encrypted flows', always(true)),
  plain('unencrypted', undefined, 'encrypted', 'Unencrypted flows', always(false)),
  {
    name: 'cel-expression',
    value: 'EXPR',
    help: 'CEL expression over _flow, for servers that can (Hubble)',
    group: GROUP,
    action: { kind: 'cel' },
  },
];
