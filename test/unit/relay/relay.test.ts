import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WallClock } from '../../../src/capture/clock.ts';
import { createCounts } from '../../../src/capture/counts.ts';
import { RecordDecoder } from '../../../src/capture/decode.ts';
import { DropReasons } from '../../../src/capture/drop-reason.ts';
import { Direction, L7, Role } from '../../../src/capture/layout.gen.ts';
import { DEFAULT_CAPTURE } from '../../../src/capture/options.ts';
import { type RelayOptions, startRelay } from '../../../src/relay/relay.ts';
import { SlabWriter } from '../capture/slab-writer.ts';
import { pod, tableOf } from './fixtures.ts';

const GET = Buffer.from('GET / HTTP/1.1\r\n\r\n');
const OK = Buffer.from('HTTP/1.1 200 OK\r\n\r\n');
const REQUEST = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2], sourcePort: 40_000, destinationPort: 80 };
const RESPONSE = { source: [10, 0, 0, 2], destination: [10, 0, 0, 1], sourcePort: 80, destinationPort: 40_000 };
const mapped = (last: number[]) => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...last];
const way = (w: typeof REQUEST) => ({ ...w, source: mapped(w.source), destination: mapped(w.destination) });

/** A SYN, a request and its response, each as both sides have seen it: through the real decoder into a relay. */
async function observeBothSides(options: Partial<RelayOptions>) {
  const records = new SlabWriter();
  const client = { role: Role.client, socketCookie: 1n };
  const server = { role: Role.server, socketCookie: 2n };
  records.packet({ ...client, ...way(REQUEST), direction: Direction.egress, tcpFlags: 2 });
  records.packet({ ...server, ...way(REQUEST), direction: Direction.ingress, tcpFlags: 2 });
  records.message({ ...client, ...way(REQUEST), size: 200, direction: Direction.egress }, L7.httpRequest, 1, GET);
  records.message({ ...server, ...way(REQUEST), size: 200, direction: Direction.ingress }, L7.httpRequest, 1, GET);
  records.message({ ...server, ...way(RESPONSE), size: 200, direction: Direction.egress }, L7.httpResponse, 1, OK);
  records.message({ ...client, ...way(RESPONSE), size: 200, direction: Direction.ingress }, L7.httpResponse, 1, OK);
  const made: number[] = [];
  const relay = await startRelay({
    nodeName: 'node-a',
    version: '1.2.3',
    endpoints: tableOf(),
    listen: [],
    scope: 'all',
    isHostAddress: () => false,
    ...options,
    capture: (_options, sink) => {
      const decoder = new RecordDecoder({
        settings: DEFAULT_CAPTURE,
        clock: new WallClock(() => 0n),
        reasons: new DropReasons({}),
        symbols: { find: () => undefined },
        counts: createCounts(),
        sink,
      });
      const flows = decoder.decode(records.slab, records.length);
      made.push(flows.length);
      sink.flows(flows);
      return { stop: () => {}, counters: () => ({}), hooks: () => [] };
    },
  });
  const { 'relay.seen': seen, 'relay.otherSide': otherSide, 'relay.outOfScope': outOfScope } = relay.counters();
  const { 'relay.published': published } = relay.counters();
  await relay.stop();
  return { made: made[0], seen, published, otherSide, outOfScope };
}

test('what the server side tells is not even made into a flow of the client side, and is counted', async () => {
  const endpoints = tableOf(pod('client', '10.0.0.1'), pod('web', '10.0.0.2'));
  const counts = { made: 3, seen: 6, published: 3, otherSide: 3, outOfScope: 0 };
  assert.deepEqual(await observeBothSides({ endpoints }), counts);
  assert.deepEqual(await observeBothSides({ endpoints, scope: 'known' }), counts);
});

test('both sides are told when the server is not known to run here', async () => {
  const endpoints = tableOf(pod('client', '10.0.0.1'), pod('web', '10.0.0.2', false));
  const counts = { made: 6, seen: 6, published: 6, otherSide: 0, outOfScope: 0 };
  assert.deepEqual(await observeBothSides({ endpoints }), counts);
});

test('what is not in the table is decided when its flow is made, with the same counts', async () => {
  const isHostAddress = () => true;
  const host = { made: 6, seen: 6, published: 3, otherSide: 3, outOfScope: 0 };
  assert.deepEqual(await observeBothSides({ isHostAddress }), host);
  const outside = { made: 6, seen: 6, published: 0, otherSide: 0, outOfScope: 6 };
  assert.deepEqual(await observeBothSides({ isHostAddress, scope: 'known' }), outside);
});
