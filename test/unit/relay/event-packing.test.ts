import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DropReason, Verdict } from '../../../src/flow/gen/flow.ts';
import { Event } from '../../../src/flow/gen/netwatch.ts';
import type { FlowEvent } from '../../../src/flow/source.ts';
import { createEventPacking } from '../../../src/relay/event-packing.ts';

const drop = (port: number): FlowEvent => ({
  flow: {
    time: { seconds: 1_700_000_000, nanos: port },
    verdict: Verdict.DROPPED,
    ip: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 },
    l4: { tcp: { sourcePort: port, destinationPort: 80, flags: { syn: true } } },
    dropReasonDesc: DropReason.POLICY_DENIED,
    isReply: false,
    detail: { event: Event.EVENT_DROP, skbDropReason: 'NETFILTER_DROP' },
  },
  nodeName: 'node',
  time: { seconds: 1_700_000_000, nanos: port },
});

test('what is packed reads back whole, detail included, however much was packed since', () => {
  const { pack, unpack } = createEventPacking();
  const packed = Array.from({ length: 2000 }, (_, port) => pack(drop(port)));
  const lost: FlowEvent = { lostEvents: { numEventsLost: 3 }, nodeName: 'node' };
  assert.deepEqual(unpack(pack(lost)), lost);
  for (const port of [1, 999, 1999]) {
    const { flow, time } = unpack(packed[port] ?? new Uint8Array());
    assert.deepEqual(time, drop(port).time);
    assert.equal(flow?.l4?.tcp?.sourcePort, port);
    assert.equal(flow?.detail?.skbDropReason, 'NETFILTER_DROP');
    assert.equal(flow?.isReply, false);
  }
});
