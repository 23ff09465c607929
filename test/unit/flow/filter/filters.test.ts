import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFilters } from '../../../../src/flow/filter/index.ts';
import {
  DropReason,
  type Flow,
  type FlowFilter,
  IPVersion,
  TrafficDirection,
  Verdict,
} from '../../../../src/flow/gen/flow.ts';

interface Row {
  readonly filter: FlowFilter;
  readonly matches: readonly Flow[];
  readonly misses: readonly Flow[];
}

const pod = (namespace: string, podName: string): Flow => ({ source: { namespace, podName } });
const labelled = (...labels: string[]): Flow => ({ source: { labels } });
const url = (text: string): Flow => ({ l7: { http: { url: text } } });
const tcp = (sourcePort: number, destinationPort: number): Flow => ({ l4: { tcp: { sourcePort, destinationPort } } });

const ROWS: Readonly<Record<string, Row>> = {
  'source_ip by text': {
    filter: { sourceIp: ['10.0.0.1', 'fd00::1'] },
    matches: [{ ip: { source: '10.0.0.1' } }, { ip: { source: 'fd00::1' } }],
    misses: [{ ip: { source: '10.0.0.10' } }, { ip: { source: 'fd00:0::1' } }, { ip: { destination: '10.0.0.1' } }, {}],
  },
  'destination_ip by block': {
    filter: { destinationIp: ['10.244.0.0/16', 'fd00:10:244::/48'] },
    matches: [{ ip: { destination: '10.244.255.1' } }, { ip: { destination: 'fd00:10:244:0::36' } }],
    misses: [
      { ip: { destination: '10.245.0.1' } },
      { ip: { destination: 'fd00:10:245::1' } },
      { ip: { destination: '::ffff:10.244.0.1' } },
      { ip: { destination: '' } },
    ],
  },
  'a block of everything is of one family': {
    filter: { sourceIp: ['0.0.0.0/0'] },
    matches: [{ ip: { source: '255.255.255.255' } }, { ip: { source: '0.0.0.0' } }],
    misses: [{ ip: { source: '::1' } }, {}],
  },
  source_ip_xlated: {
    filter: { sourceIpXlated: ['192.0.2.0/24'] },
    matches: [{ ip: { sourceXlated: '192.0.2.7' } }],
    misses: [{ ip: { source: '192.0.2.7' } }],
  },
  'source_pod without a namespace is in default': {
    filter: { sourcePod: ['web'] },
    matches: [pod('default', 'web-1'), pod('default', 'web')],
    misses: [pod('shop', 'web-1'), pod('default', 'we'), pod('', 'web'), { destination: { podName: 'web' } }, {}],
  },
  'source_pod of a namespace': {
    filter: { sourcePod: ['shop/'] },
    matches: [pod('shop', 'cart-1'), pod('shop', '')],
    misses: [pod('shop2', 'cart-1'), pod('', ''), {}],
  },
  'source_pod of any namespace': {
    filter: { sourcePod: ['/cart'] },
    matches: [pod('shop', 'cart-1'), pod('', 'cart')],
    misses: [pod('cart', 'web'), pod('', '')],
  },
  'source_pod that is anything with a name': {
    filter: { sourcePod: ['/'] },
    matches: [pod('shop', ''), pod('', 'x')],
    misses: [pod('', ''), {}],
  },
  destination_service: {
    filter: { destinationService: ['shop/red'] },
    matches: [{ destinationService: { namespace: 'shop', name: 'redis' } }],
    misses: [{ sourceService: { namespace: 'shop', name: 'redis' } }, { destinationService: { name: 'redis' } }],
  },
  ports: {
    filter: { sourcePort: ['53', '80'] },
    matches: [tcp(53, 1), { l4: { udp: { sourcePort: 80 } } }, { l4: { sctp: { sourcePort: 53 } } }],
    misses: [tcp(1, 53), { l4: { icmpv4: { type: 8 } } }, {}],
  },
  'port 0 is the zero value': { filter: { destinationPort: ['0'] }, matches: [{ l4: { udp: {} } }], misses: [{}] },
  'protocol of either layer': {
    filter: { protocol: ['ICMP', 'dns'] },
    matches: [{ l4: { icmpv6: {} } }, { l4: { icmpv4: {} } }, { l7: { dns: {} } }],
    misses: [{ l4: { tcp: {} } }, { l7: { http: {} } }, {}],
  },
  'an L4 protocol matches L7 flows over it': {
    filter: { protocol: ['tcp'] },
    matches: [{ l4: { tcp: {} }, l7: { http: {} } }],
    misses: [{ l4: { udp: {} } }],
  },
  verdict: {
    filter: { verdict: [Verdict.DROPPED, Verdict.ERROR] },
    matches: [{ verdict: Verdict.DROPPED }, { verdict: Verdict.ERROR }],
    misses: [{ verdict: Verdict.FORWARDED }, {}],
  },
  'drop_reason_desc needs the verdict DROPPED': {
    filter: { dropReasonDesc: [DropReason.POLICY_DENIED] },
    matches: [{ verdict: Verdict.DROPPED, dropReasonDesc: DropReason.POLICY_DENIED }],
    misses: [
      { verdict: Verdict.FORWARDED, dropReasonDesc: DropReason.POLICY_DENIED },
      { verdict: Verdict.DROPPED, dropReasonDesc: DropReason.POLICY_DENY },
    ],
  },
  'event_type with and without sub-type': {
    filter: { eventType: [{ type: 129 }, { type: 4, matchSubType: true }] },
    matches: [{ eventType: { type: 129 } }, { eventType: { type: 4 } }, { eventType: { type: 4, subType: 0 } }],
    misses: [{ eventType: { type: 4, subType: 5 } }, { eventType: { type: 1 } }, {}],
  },
  'event_type 0 is every type': {
    filter: { eventType: [{ type: 0 }] },
    matches: [{ eventType: { type: 7 } }],
    misses: [{}],
  },
  'http_status_code exact and by prefix': {
    filter: { httpStatusCode: ['404', '5+'] },
    matches: [{ l7: { http: { code: 404 } } }, { l7: { http: { code: 503 } } }],
    misses: [{ l7: { http: { code: 405 } } }, { l7: { http: {} } }, { l7: { dns: {} } }, {}],
  },
  http_method: {
    filter: { httpMethod: ['get'] },
    matches: [{ l7: { http: { method: 'GET' } } }],
    misses: [{ l7: { http: { method: 'GETS' } } }, {}],
  },
  'http_path is found in the decoded path only': {
    filter: { httpPath: ['/a b$'] },
    matches: [url('http://x/a%20b?q=1'), url('/z/a%20b#f'), url('http://user@x:80/a b')],
    misses: [url('http://x/?q=/a b'), url('http://x/a%2'), url('http://x:bad/a b'), url('mailto:x/a b'), {}],
  },
  http_url: {
    filter: { httpUrl: ['^http://cart'] },
    matches: [url('http://cart.shop/')],
    misses: [url('https://cart.shop/'), {}],
  },
  'http_header by exact key and value': {
    filter: { httpHeader: [{ key: 'A', value: 'b' }, { key: 'empty' }] },
    matches: [
      { l7: { http: { headers: [{ key: 'x' }, { key: 'A', value: 'b' }] } } },
      { l7: { http: { headers: [{ key: 'empty', value: '' }] } } },
    ],
    misses: [{ l7: { http: { headers: [{ key: 'a', value: 'b' }] } } }, { l7: { http: {} } }],
  },
  dns_query: {
    filter: { dnsQuery: ['kube.*local'] },
    matches: [{ l7: { dns: { query: 'x.kube.local.' } } }],
    misses: [{ l7: { dns: { query: 'example.com.' } } }, { l7: { http: {} } }],
  },
  'reply, unknown counts as false for drops only': {
    filter: { reply: [false] },
    matches: [{ isReply: false }, { verdict: Verdict.DROPPED }],
    misses: [{ isReply: true }, { verdict: Verdict.FORWARDED }, {}],
  },
  'labels by selector': {
    filter: { sourceLabel: ['app in (redis, cart),tier=back', '!tier,x'] },
    matches: [labelled('k8s:app=cart', 'k8s:tier=back'), labelled('any:x')],
    misses: [labelled('k8s:app=cart'), labelled('k8s:app=cart', 'k8s:tier=front'), {}],
  },
  'labels of the node': {
    filter: { nodeLabels: ['zone=a'] },
    matches: [{ nodeLabels: ['arch=arm64', 'zone=a'] }],
    misses: [{ nodeLabels: ['zone=b'] }, {}],
  },
  identity: {
    filter: { sourceIdentity: [2, 1234] },
    matches: [{ source: { identity: 1234 } }, { source: { identity: 2 } }],
    misses: [{ destination: { identity: 2 } }, {}],
  },
  'workload by name, kind or both': {
    filter: { destinationWorkload: [{ name: 'a', kind: 'Deployment' }, { kind: 'Job' }, { name: 'c' }] },
    matches: [
      { destination: { workloads: [{ name: 'a', kind: 'Deployment' }] } },
      { destination: { workloads: [{ name: 'z', kind: 'Job' }] } },
      { destination: { workloads: [{ name: 'x' }, { name: 'c' }] } },
    ],
    misses: [{ destination: { workloads: [{ name: 'a', kind: 'DaemonSet' }] } }, { destination: {} }, {}],
  },
  'fqdn by glob': {
    filter: { destinationFqdn: ['*.GitHub.com.', 'x_y'] },
    matches: [{ destinationNames: ['a', 'api.github.com'] }, { destinationNames: ['x_y'] }],
    misses: [{ destinationNames: ['github.com'] }, { sourceNames: ['api.github.com'] }, {}],
  },
  'node_name, without a cluster in any': {
    filter: { nodeName: ['worker-*'] },
    matches: [{ nodeName: 'kind/worker-1' }, { nodeName: 'worker-2' }],
    misses: [{ nodeName: 'kind/control' }, { nodeName: 'worker-1/x' }, {}],
  },
  'node_name with a cluster': {
    filter: { nodeName: ['edge/', 'default/a'] },
    matches: [{ nodeName: 'edge/x.y' }, { nodeName: 'a' }],
    misses: [{ nodeName: 'edgy/x' }, { nodeName: 'edge/' }, { nodeName: 'edge/x/y' }],
  },
  'tcp_flags, all of one entry': {
    filter: { tcpFlags: [{ syn: true, ack: true }, { rst: true }] },
    matches: [
      { l4: { tcp: { flags: { syn: true, ack: true, ece: true } } } },
      { l4: { tcp: { flags: { rst: true } } } },
    ],
    misses: [{ l4: { tcp: { flags: { syn: true } } } }, { l4: { tcp: {} } }, {}],
  },
  ip_version: {
    filter: { ipVersion: [IPVersion.IPv6] },
    matches: [{ ip: { ipVersion: IPVersion.IPv6 } }],
    misses: [{ ip: { ipVersion: IPVersion.IPv4 } }, {}],
  },
  'ip_version not used': {
    filter: { ipVersion: [IPVersion.IP_NOT_USED] },
    matches: [{}],
    misses: [{ ip: { ipVersion: 1 } }],
  },
  traffic_direction: {
    filter: { trafficDirection: [TrafficDirection.INGRESS] },
    matches: [{ trafficDirection: TrafficDirection.INGRESS }],
    misses: [{ trafficDirection: TrafficDirection.EGRESS }, {}],
  },
  'cluster names': {
    filter: { sourceClusterName: ['a'], destinationClusterName: ['b'] },
    matches: [{ source: { clusterName: 'a' }, destination: { clusterName: 'b' } }],
    misses: [{ source: { clusterName: 'a' } }, { source: { clusterName: 'aa' }, destination: { clusterName: 'b' } }],
  },
  'uuid and trace ids': {
    filter: { uuid: ['u'], traceId: ['t'], ipTraceId: [7] },
    matches: [{ uuid: 'u', traceContext: { parent: { traceId: 't' } }, ipTraceId: { traceId: 7 } }],
    misses: [{ uuid: 'u', traceContext: { parent: { traceId: 't' } } }, { uuid: 'u' }],
  },
  interface: {
    filter: { interface: [{ name: 'eth0' }, { index: 7 }] },
    matches: [{ interface: { name: 'eth0', index: 1 } }, { interface: { index: 7 } }],
    misses: [{ interface: { name: 'eth1' } }, {}],
  },
  encrypted: {
    filter: { encrypted: [true] },
    matches: [{ ip: { encrypted: true } }],
    misses: [{ ip: {} }, {}],
  },
  'an empty filter': { filter: {}, matches: [{}, { verdict: 1 }], misses: [] },
  'an empty list is an absent one': { filter: { verdict: [], sourceIp: [] }, matches: [{}], misses: [] },
};

for (const [name, { filter, matches, misses }] of Object.entries(ROWS)) {
  test(name, () => {
    const decides = compileFilters({ allow: [filter] });
    const denies = compileFilters({ deny: [filter] });
    for (const flow of matches) assert.equal(decides(flow), true, JSON.stringify(flow));
    for (const flow of misses) assert.equal(decides(flow), false, JSON.stringify(flow));
    for (const flow of [...matches, ...misses]) assert.equal(denies(flow), !decides(flow));
  });
}

const BAD: readonly (readonly [FlowFilter, RegExp])[] = [
  [{ sourceIp: ['10.0.0.0/33'] }, /source_ip filter "10.0.0.0\/33": prefix length out of range/],
  [{ destinationIp: ['10.0.0'] }, /destination_ip filter "10.0.0": not an IP address/],
  [{ sourceIp: ['fe80::1%eth0/64'] }, /source_ip filter/],
  [{ sourcePod: [''] }, /source_pod filter ""/],
  [{ destinationPort: ['65536'] }, /destination_port filter "65536"/],
  [{ sourcePort: ['http'] }, /source_port filter "http"/],
  [{ protocol: ['quic'] }, /protocol filter "quic": unknown protocol/],
  [{ httpStatusCode: ['4xx'] }, /http_status_code filter "4xx"/],
  [{ httpStatusCode: ['40'] }, /http_status_code filter "40"/],
  [{ httpPath: ['['] }, /http_path filter "\[": error parsing regexp: missing closing \]/],
  [{ httpUrl: ['(?<=a)b'] }, /http_url filter/],
  [{ dnsQuery: ['a**'] }, /dns_query filter "a\*\*"/],
  [{ sourceLabel: ['a in b'] }, /source_label filter "a in b": found 'b', expected '\('/],
  [{ nodeLabels: ['=x'] }, /node_labels filter "=x"/],
  [{ sourceFqdn: ['a?b'] }, /source_fqdn filter "a\?b": '\?': invalid rune/],
  [{ destinationFqdn: ['.'] }, /destination_fqdn filter ".": empty pattern/],
  [{ nodeName: ['a/b/c'] }, /node_name filter "a\/b\/c": too many slashes/],
  [{ sourceClusterName: [''] }, /source_cluster_name filter ""/],
  [{ ipTraceId: [0] }, /ip_trace_id filter "0"/],
  [{ httpMethod: ['GET'], eventType: [{ type: 4 }] }, /only match 'l7' events/],
  [{ experimental: { celExpression: ['true'] } }, /CEL expressions are not supported/],
];
for (const [filter, message] of BAD) {
  test(`refuses ${JSON.stringify(filter)}`, () => {
    assert.throws(() => compileFilters({ allow: [filter] }), { name: 'NetwatchError', code: 'usage', message });
    assert.throws(() => compileFilters({ deny: [filter] }), { name: 'NetwatchError', code: 'usage', message });
  });
}
