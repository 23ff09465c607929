import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow } from '../../../src/flow/gen/flow.ts';
import { bytesText, durationText } from '../../../src/flow/quantity-text.ts';
import { summaryOf } from '../../../src/flow/summary.ts';

const http = { protocol: 'HTTP/1.1', method: 'GET', url: 'http://a/b' };
const dns = { query: 'a.b.', qtypes: ['A', 'AAAA'], ttl: 60 };
const ROWS: readonly (readonly [Flow, string])[] = [
  [{ l4: { tcp: { flags: { ack: true, syn: true, ece: true, fin: true } } } }, 'TCP Flags: SYN, ACK, FIN, ECE'],
  [{ l4: { tcp: { flags: {} } } }, 'TCP'],
  [{ l4: { udp: {} } }, 'UDP'],
  [{ l4: { sctp: {} } }, 'SCTP'],
  [{ l4: { icmpv4: { type: 8 } } }, 'ICMPv4 EchoRequest'],
  [{ l4: { icmpv4: { type: 3, code: 3 } } }, 'ICMPv4 DestinationUnreachable(Port)'],
  [{ l4: { icmpv4: { type: 200, code: 1 } } }, 'ICMPv4 200(1)'],
  [{ l4: { icmpv6: { type: 135 } } }, 'ICMPv6 NeighborSolicitation'],
  [{ ip: { ipVersion: 1 } }, 'IPv4'],
  [{ ip: { ipVersion: 2 } }, 'IPv6'],
  [{ ethernet: {} }, 'Ethernet'],
  [{}, ''],
  [{ l7: { type: 1, http } }, 'HTTP/1.1 GET http://a/b'],
  [{ l7: { type: 2, latencyNs: 12_999_999, http: { ...http, code: 200 } } }, 'HTTP/1.1 200 12ms (GET http://a/b)'],
  [{ l7: { type: 1, dns } }, 'DNS Query a.b. A,AAAA'],
  [
    { l7: { type: 2, dns: { ...dns, ips: ['1.1.1.1', '::1'], cnames: ['c.'], observationSource: 'proxy' } } },
    'DNS Answer "1.1.1.1,::1" CNAMEs: "c." TTL: 60 (Proxy a.b. A,AAAA)',
  ],
  [
    { l7: { type: 2, dns: { ...dns, ttl: 0, rcode: 3 } } },
    'DNS Answer RCode: Non-Existent Domain TTL: 0 (Query a.b. A,AAAA)',
  ],
  [
    { l7: { type: 1, kafka: { apiKey: 'fetch', correlationId: 3, topic: 't' } } },
    "Kafka request fetch correlation id 3 topic 't'",
  ],
  [
    {
      l4: { tcp: {} },
      detail: { event: 3, connection: { durationNs: 1.2e9, bytesSent: 3000, bytesReceived: 12_345, srttNs: 80_000 } },
    },
    'closed after 1.2s, 3 kB sent, 12 kB received, rtt 80us',
  ],
  [
    { detail: { event: 3, connection: { durationNs: 5e6, retransmits: 2, error: 'ECONNRESET' } } },
    'broken by ECONNRESET after 5ms, 0 B sent, 0 B received, 2 retransmits',
  ],
  [
    { detail: { event: 4, connection: { error: 'ECONNREFUSED', durationNs: 200_000 } } },
    'connect failed: ECONNREFUSED after 0.2ms',
  ],
  [{ detail: { event: 4, connection: { durationNs: 1.5e9 } } }, 'connect failed: no answer, client gave up after 1.5s'],
  [{ detail: { event: 4 } }, 'connect failed: no answer, client gave up'],
];
for (const [flow, wanted] of ROWS) test(wanted || 'nothing', () => assert.equal(summaryOf(flow), wanted));

test('durations', () => {
  assert.deepEqual(
    [0, 999, 99_499, 100e3, 9.94e6, 9.96e6, 999.6e6, 59.4e9, 59.6e9, 3599.4e9, 3600e9, 90_061e9].map(durationText),
    ['0us', '1us', '99us', '0.1ms', '9.9ms', '10ms', '1s', '59s', '1m0s', '59m59s', '1h0m', '25h1m'],
  );
});

test('amounts', () => {
  assert.deepEqual([0, 999, 1000, 1449, 9_960, 999_499, 999_500, 1.5e9, 5e15].map(bytesText), [
    '0 B',
    '999 B',
    '1 kB',
    '1.4 kB',
    '10 kB',
    '999 kB',
    '1 MB',
    '1.5 GB',
    '5000 TB',
  ]);
});
