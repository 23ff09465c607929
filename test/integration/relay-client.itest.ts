import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CaptureSink } from '../../src/capture/sink.ts';
import { connectRelay } from '../../src/client/client.ts';
import { MutableEndpointTable } from '../../src/flow/endpoints.ts';
import type { Flow } from '../../src/flow/gen/flow.ts';
import { startRelay } from '../../src/relay/relay.ts';

const directory = mkdtempSync(join(tmpdir(), 'netwatch-relay-'));
after(() => rmSync(directory, { recursive: true }));

const packet = (n: number): Flow => ({
  time: { seconds: 1_700_000_000 + n, nanos: 0 },
  verdict: 1,
  type: 1,
  ip: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 },
  l4: { tcp: { sourcePort: 40000, destinationPort: 80, flags: { syn: true } } },
  eventType: { type: 4 },
  trafficDirection: 1,
  isReply: false,
  detail: { event: 1 },
});

test('a relay fed by a capture answers GetFlows over a unix socket', async () => {
  let sink: CaptureSink | undefined;
  const relay = await startRelay({
    nodeName: 'node-a',
    version: '0.1.0',
    endpoints: new MutableEndpointTable(),
    listen: [`unix://${join(directory, 'first.sock')}`],
    scope: 'all',
    capture: (_options, to) => {
      sink = to;
      return { stop: () => {}, counters: () => ({}), hooks: () => [] };
    },
  });
  try {
    sink?.flows([packet(1), packet(2), packet(3)]);
    const [address = ''] = relay.addresses;
    const client = connectRelay(address);
    const events = [];
    for await (const batch of client.flows({ number: 2 }, new AbortController().signal)) events.push(...batch);
    assert.deepEqual(
      events.map((e) => e.flow?.time?.seconds),
      [1_700_000_002, 1_700_000_003],
    );
    assert.deepEqual(events[0]?.flow?.detail, { event: 1 });
    assert.equal((await client.status()).numFlows, 3);
    assert.equal(await client.healthy(), true);
  } finally {
    await relay.stop();
  }
});
