/**
 * A relay in a process of its own, fed by its parent: `{publish: N}` publishes N flows, numbered in
 * `flow.detail.requestOrdinal` (so 1 is the first), and answers `{published, liveMb, counters}`, where `liveMb` is what
 * remains after a garbage collection.
 */
import type { CaptureSink } from '../../src/capture/sink.ts';
import { MutableEndpointTable } from '../../src/flow/endpoints.ts';
import type { Flow } from '../../src/flow/gen/flow.ts';
import { startRelay } from '../../src/relay/relay.ts';

const [listen = '', ringCapacity = '65535'] = process.argv.slice(2);
const endpoints = new MutableEndpointTable();
const labels = Array.from({ length: 7 }, (_, i) => `k8s:label-${i}=a-value-of-some-length`);
for (const [address, podName] of [
  ['10.0.0.1', 'frontend-7c9b6bdcf-abcde'],
  ['10.0.0.2', 'backend-5d8f7c6b4-fghij'],
] as const) {
  const endpoint = { id: 1, identity: 1000, namespace: 'shop', podName, labels };
  endpoints.addEndpoint({ addresses: [address], local: true, endpoint });
}

let sink: CaptureSink | undefined;
const relay = await startRelay({
  nodeName: 'node-a',
  version: '0.1.0',
  endpoints,
  ringCapacity: Number(ringCapacity),
  listen: [listen],
  scope: 'all',
  capture: (_options, to) => {
    sink = to;
    return { stop: () => {}, counters: () => ({}), hooks: () => [] };
  },
});

let ordinal = 0;
function nextFlow(): Flow {
  const nowMs = Date.now();
  ordinal++;
  return {
    time: { seconds: Math.floor(nowMs / 1000), nanos: (nowMs % 1000) * 1e6 },
    verdict: 1,
    type: 1,
    ip: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 },
    l4: { tcp: { sourcePort: 1024 + (ordinal % 60_000), destinationPort: 80, flags: { syn: true } } },
    eventType: { type: 4 },
    trafficDirection: 1,
    isReply: false,
    detail: { event: 1, requestOrdinal: ordinal, process: { pid: process.pid } },
  };
}

process.on('message', async ({ publish }: { readonly publish: number }) => {
  for (let left = publish; left > 0; left -= 100) {
    sink?.flows(Array.from({ length: Math.min(left, 100) }, nextFlow));
  }
  // The memory of buffers is given back some time after the collection that finds them dead.
  for (let i = 0; i < 5 && publish === 0; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  const liveMb = publish === 0 ? (heapUsed + external) / 1e6 : undefined;
  process.send?.({ published: ordinal, liveMb, counters: relay.counters() });
});
process.on('disconnect', () => void relay.stop().then(() => process.exit(0)));
process.send?.({ addresses: relay.addresses });
