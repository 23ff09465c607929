/** Lines that the goldens of real flows do not have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFormatter, createTimeFormatter, type FormatOptions, PLAIN } from '../../../../src/flow/format/index.ts';
import { LostEventSource } from '../../../../src/flow/gen/flow.ts';
import { NodeState } from '../../../../src/flow/gen/relay.ts';
import type { FlowEvent } from '../../../../src/flow/source.ts';

const OPTIONS: FormatOptions = {
  palette: PLAIN,
  timeText: createTimeFormatter('RFC3339'),
  translateIps: true,
  policyNames: false,
  nodeName: false,
};
const time = { seconds: 1, nanos: 0 };
const compact = (event: FlowEvent, options: Partial<FormatOptions> = {}): string =>
  createFormatter('compact', { ...OPTIONS, ...options }).format(event);

test('lost events with the span they were lost in', () => {
  const lostEvents = {
    source: LostEventSource.HUBBLE_RING_BUFFER,
    numEventsLost: 12n,
    first: time,
    last: { seconds: 2, nanos: 0 },
  };
  assert.equal(
    compact({ lostEvents, time }),
    '1970-01-01T00:00:01Z EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 12 (first: 1970-01-01T00:00:01Z, last: 1970-01-01T00:00:02Z)\n',
  );
  const table = createFormatter('table', OPTIONS);
  assert.equal(table.format({ lostEvents, time }), '');
  assert.match(
    table.end(),
    /\n1970-01-01T00:00:01Z {3}HUBBLE_RING_BUFFER {3}- +EVENTS LOST {3}- +CPU\(0\) - 12 \(first/,
  );
});

test('flows without IP show their MAC addresses, and without anything nothing', () => {
  assert.equal(
    compact({
      flow: {
        time,
        ethernet: { source: '02::1', destination: '02::2' },
        eventType: { type: 1, subType: 139 },
        verdict: 2,
      },
    }),
    '1970-01-01T00:00:01Z: 02::1 (unknown) <> 02::2 (unknown) Unsupported L3 protocol DROPPED ()\n',
  );
  assert.equal(compact({ flow: {} }), 'N/A:  (unknown) <>  (unknown) UNKNOWN VERDICT_UNKNOWN ()\n');
  assert.equal(compact({}), '');
});

test('IPv6 addresses stand in brackets before a port', () => {
  const flow = { ip: { source: 'fd00::1', destination: 'fd00::2' }, l4: { udp: { sourcePort: 53 } }, isReply: false };
  assert.match(compact({ flow }), /: \[fd00::1\]:53 \(unknown\) -> fd00::2 \(unknown\) /);
});

test('a service gives its namespace, even an empty one', () => {
  const flow = { ip: {}, source: { namespace: 'shop', podName: 'cart' }, sourceService: { name: 'web' } };
  assert.match(compact({ flow }), /: cart \(unknown\)/);
  assert.match(compact({ flow: { ip: {}, sourceService: { namespace: 'a', name: 'web' } } }), /: a\/web \(unknown\)/);
});

test('numbers this build does not know are printed', () => {
  const flow = { verdict: 15, eventType: { type: 1, subType: 99 } };
  assert.match(compact({ flow }), / 99, 0 15 \(\)\n$/);
  assert.match(compact({ flow: { eventType: { type: 4, subType: 77 } } }), / 77 VERDICT_UNKNOWN /);
  assert.match(
    compact({ flow: { eventType: { type: 5 }, policyMatchType: 9, trafficDirection: 7 } }),
    / policy-verdict:unknown 7 /,
  );
  assert.match(compact({ flow: { source: { identity: 11 } } }), /\(ID:11\)/);
});

test('policy names follow the verdict of a policy', () => {
  const flow = {
    verdict: 1,
    eventType: { type: 5 },
    trafficDirection: 2,
    egressAllowedBy: [
      { name: 'a', namespace: 'ns', kind: 'CiliumNetworkPolicy' },
      { name: 'b', kind: 'X' },
    ],
    summary: 's',
  };
  assert.match(compact({ flow }, { policyNames: true }), / ALLOWED BY ns\/a \(CiliumNetworkPolicy\), b \(X\) \(s\)\n$/);
  assert.match(compact({ flow }), / ALLOWED \(s\)\n$/);
});

test('the IP trace id stands before the summary', () => {
  assert.match(compact({ flow: { summary: 'UDP', ipTraceId: { traceId: 7 } } }), /\(IP Trace ID: 7; UDP\)\n$/);
});

test('node status in words', () => {
  const status = (stateChange: number, nodeNames: string[], message = ''): string =>
    createFormatter('compact', OPTIONS).formatStatus({
      time,
      nodeName: 'hub',
      nodeStatus: { stateChange, nodeNames, message },
    });
  const head = '1970-01-01T00:00:01Z [hub]: ';
  assert.equal(status(NodeState.NODE_CONNECTED, ['a', 'b']), `${head}Receiving flows from 2 nodes: a, b\n`);
  assert.equal(status(NodeState.NODE_GONE, ['n9']), `${head}1 nodes removed from cluster: n9\n`);
  assert.equal(status(NodeState.NODE_ERROR, ['n1'], 'a "b"'), `${head}Error "a \\"b\\"" on 1 nodes: n1\n`);
  const long = ['x'.repeat(60), 'y', 'z'];
  assert.equal(status(NodeState.NODE_UNAVAILABLE, long), `${head}3 nodes are unavailable: ${long[0]} (and 2 more)\n`);
});

test('node status as a block, between the blocks of flows', () => {
  const formatter = createFormatter('dict', OPTIONS);
  const status = formatter.formatStatus({ time, nodeStatus: { stateChange: 2, nodeNames: ['a'] } });
  assert.equal(
    status,
    '  TIMESTAMP: 1970-01-01T00:00:01Z\n      STATE: NODE_UNAVAILABLE\n      NODES: a\n    MESSAGE: N/A\n',
  );
  assert.match(formatter.format({ flow: { time } }), /^------------\n {2}TIMESTAMP/);
});

test('a drop that Hubble has no reason for has the kernel’s', () => {
  const drop = { verdict: 2, eventType: { type: 1 } };
  assert.match(compact({ flow: drop }), / Success DROPPED /);
  assert.match(compact({ flow: { ...drop, detail: { skbDropReason: 'NO_SOCKET' } } }), / NO_SOCKET DROPPED /);
  const known = { ...drop, eventType: { type: 1, subType: 133 }, detail: { skbDropReason: 'NETFILTER_DROP' } };
  assert.match(compact({ flow: known }), / Policy denied DROPPED /);
});

test('a DNS flow without a source of observation has no gap', () => {
  assert.match(compact({ flow: { l7: { type: 1, dns: {} } } }), / dns-request VERDICT_UNKNOWN /);
});
