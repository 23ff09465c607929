import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WallClock } from '../../../src/capture/clock.ts';
import { createCounts } from '../../../src/capture/counts.ts';
import { RecordDecoder } from '../../../src/capture/decode.ts';
import { DropReasons } from '../../../src/capture/drop-reason.ts';
import { ConnectionEvent, Direction, L7, Role } from '../../../src/capture/layout.gen.ts';
import { DEFAULT_CAPTURE } from '../../../src/capture/options.ts';
import { DropReason, TrafficDirection, Verdict } from '../../../src/flow/gen/flow.ts';
import { Event } from '../../../src/flow/gen/netwatch.ts';
import { mapped, SlabWriter } from './slab-writer.ts';

const SYN = 0x02;
const ACK = 0x10;

const FUNCTIONS = new Map([
  [0xffffffff81000010n, 'nft_do_chain'],
  [0xffffffff81000020n, 'tcp_v4_rcv'],
]);

function setUp() {
  const counts = createCounts();
  const decoder = new RecordDecoder({
    settings: DEFAULT_CAPTURE,
    clock: new WallClock(() => 1_000_000_000_500_000_000n),
    reasons: new DropReasons({
      SKB_CONSUMED: 1,
      SKB_DROP_REASON_NOT_SPECIFIED: 2,
      SKB_DROP_REASON_NO_SOCKET: 3,
      SKB_DROP_REASON_NETFILTER_DROP: 12,
    }),
    symbols: { find: (address) => FUNCTIONS.get(address) },
    counts,
  });
  const records = new SlabWriter();
  return { counts, records, decode: () => decoder.decode(records.slab, records.length) };
}

test('what TCP frees after an answer in TIME_WAIT is no drop, but counted', () => {
  const { counts, records, decode } = setUp();
  records.drop({ tcpFlags: ACK }, 2, 0xffffffff81000020n);
  records.drop({ tcpFlags: ACK }, 2, 0xffffffff81000010n);
  records.drop({ tcpFlags: ACK }, 3, 0xffffffff81000020n);
  const shown = decode().map(({ detail }) => `${detail?.skbDropReason} ${detail?.dropFunction}`);
  assert.deepEqual(shown, ['NOT_SPECIFIED nft_do_chain', 'NO_SOCKET tcp_v4_rcv']);
  assert.equal(counts.dropsInTimeWait, 1);
});

test('packets tell direction, reply, flags and exact time', () => {
  const { records, decode } = setUp();
  const client = { role: Role.client, timeNs: (1n << 53n) + 1n };
  records.packet({ ...client, direction: Direction.egress, tcpFlags: SYN });
  records.packet({ ...client, direction: Direction.ingress, tcpFlags: SYN | ACK });
  records.packet({ role: Role.server, direction: Direction.egress, tcpFlags: ACK });
  records.packet({ direction: Direction.egress, protocol: 17 });
  const [syn, synAck, reply, datagram] = decode();
  assert.deepEqual(syn?.time, { seconds: 1_000_000_000 + 9_007_199, nanos: 500_000_000 + 254_740_993 });
  assert.deepEqual(syn?.ip, { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 });
  assert.deepEqual(syn?.l4?.tcp, { sourcePort: 40_000, destinationPort: 80, flags: { syn: true } });
  assert.deepEqual([syn?.isReply, syn?.trafficDirection], [false, TrafficDirection.EGRESS]);
  assert.deepEqual([synAck?.isReply, synAck?.trafficDirection], [true, TrafficDirection.EGRESS]);
  assert.deepEqual(synAck?.eventType, { type: 4, subType: 0 });
  assert.deepEqual([reply?.isReply, reply?.trafficDirection], [true, TrafficDirection.INGRESS]);
  assert.deepEqual(reply?.eventType, { type: 4, subType: 5 });
  assert.deepEqual([datagram?.isReply, datagram?.l4?.udp?.destinationPort], [undefined, 80]);
});

test('a server tells the end of a connection with the client as source', () => {
  const { records, decode } = setUp();
  records.connection(
    { role: Role.server, sourcePort: 80, destinationPort: 4 },
    { event: ConnectionEvent.closed, comm: 'nginx' },
  );
  records.connection({ role: Role.client }, { event: ConnectionEvent.failed, error: 111 });
  const [closed, failed] = decode();
  assert.deepEqual([closed?.ip?.source, closed?.l4?.tcp?.sourcePort], ['10.0.0.2', 4]);
  assert.equal(closed?.detail?.event, Event.EVENT_CLOSE);
  assert.deepEqual(closed?.detail?.process, { pid: 42, comm: 'nginx' });
  assert.equal(closed?.detail?.connection?.bytesSent, 1n << 60n);
  assert.equal(closed?.detail?.connection?.minRttNs, undefined);
  assert.equal(closed?.detail?.connection?.srttNs, 7000);
  assert.equal(closed?.detail?.connection?.error, undefined);
  assert.equal(failed?.verdict, Verdict.ERROR);
  assert.equal(failed?.detail?.connection?.error, 'ECONNREFUSED');
});

test('drops have both names of their reason, the function and the address before NAT', () => {
  const { records, decode } = setUp();
  records.drop({ tcpFlags: SYN }, 12, 0xffffffff81000010n, { ip: mapped(10, 96, 0, 10), port: 8080 });
  records.drop({}, 3, 1n, { ip: mapped(10, 0, 0, 2), port: 80 });
  records.drop({}, (2 << 16) | 5, 1n);
  const [denied, closedPort, subsystem] = decode();
  assert.deepEqual([denied?.verdict, denied?.dropReason, denied?.dropReasonDesc], [Verdict.DROPPED, 133, 133]);
  assert.deepEqual(denied?.detail?.originalDestination, { ip: '10.96.0.10', port: 8080 });
  assert.deepEqual([denied?.detail?.skbDropReason, denied?.detail?.dropFunction], ['NETFILTER_DROP', 'nft_do_chain']);
  assert.equal(denied?.isReply, undefined);
  assert.equal(closedPort?.dropReasonDesc, DropReason.SOCKET_LOOKUP_FAILED);
  assert.equal(closedPort?.detail?.originalDestination, undefined, 'no NAT: nothing to tell');
  assert.equal(subsystem?.detail?.skbDropReason, 'SUBSYSTEM_2_5');
});

test('HTTP pairs by ordinal even when a record in between was lost', () => {
  const { counts, records, decode } = setUp();
  const socket = { socketCookie: 9n, role: Role.client };
  const request = (ordinal: number, timeNs: bigint) =>
    records.message(
      { ...socket, direction: Direction.egress, timeNs },
      L7.httpRequest,
      ordinal,
      Buffer.from(`GET /${ordinal}?k=v HTTP/1.1\r\nHost: shop\r\n\r\n`),
    );
  const response = (ordinal: number, timeNs: bigint) =>
    records.message(
      { ...socket, direction: Direction.ingress, timeNs },
      L7.httpResponse,
      ordinal,
      Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
    );
  request(1, 1000n);
  response(1, 5_000_001_000n);
  request(2, 3000n);
  response(3, 4000n);
  request(4, 5000n);
  response(4, 6000n);
  const flows = decode();
  assert.equal(flows[1]?.l7?.latencyNs, 5_000_000_000);
  assert.equal(flows[1]?.l7?.http?.url, 'http://shop/1?HUBBLE_REDACTED');
  assert.deepEqual([flows[3]?.l7?.http?.code, flows[3]?.l7?.http?.url], [200, undefined]);
  assert.equal(flows[5]?.l7?.http?.url, 'http://shop/4?HUBBLE_REDACTED');
  assert.equal(flows[5]?.detail?.requestOrdinal, 4);
  assert.equal(counts.httpUnmatched, 1);
});

test('two requests in one segment end the pairing of that socket', () => {
  const { counts, records, decode } = setUp();
  const text = 'GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n';
  records.message({ socketCookie: 9n }, L7.httpRequest, 1, Buffer.from(text));
  records.message({ socketCookie: 9n }, L7.httpRequest, 2, Buffer.from('GET /c HTTP/1.1\r\n\r\n'));
  records.message({ socketCookie: 9n }, L7.httpResponse, 2, Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
  const flows = decode();
  assert.equal(flows.length, 3);
  assert.equal(flows[2]?.l7?.http?.url, undefined);
  assert.deepEqual([counts.httpHidden, counts.httpUnmatched], [1, 1]);
});

test('a record that lies about its size ends the batch and is counted', () => {
  const { counts, records, decode } = setUp();
  records.packet({});
  records.packet({ size: 8 });
  assert.equal(decode().length, 1);
  assert.equal(counts.recordsMalformed, 1);
});
