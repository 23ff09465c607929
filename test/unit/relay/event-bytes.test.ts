import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DropReason, Verdict } from '../../../src/flow/gen/flow.ts';
import { Event } from '../../../src/flow/gen/netwatch.ts';
import type { FlowEvent } from '../../../src/flow/source.ts';
import { EventBytes } from '../../../src/relay/event-bytes.ts';
import { frameMessage } from '../../../src/wire/framing.ts';
import { encodeGetFlowsResponse } from '../../../src/wire/gen/observer.ts';
import { encodeMessage } from '../../../src/wire/message.ts';

const drop = (port: number, summary = ''): FlowEvent => ({
  flow: {
    time: { seconds: 1_700_000_000, nanos: port },
    verdict: Verdict.DROPPED,
    ip: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 },
    l4: { tcp: { sourcePort: port, destinationPort: 80, flags: { syn: true } } },
    dropReasonDesc: DropReason.POLICY_DENIED,
    isReply: false,
    summary,
    detail: { event: Event.EVENT_DROP, skbDropReason: 'NETFILTER_DROP' },
  },
  nodeName: 'node',
  time: { seconds: 1_700_000_000, nanos: port },
});
const lost: FlowEvent = { lostEvents: { numEventsLost: 3 }, nodeName: 'node' };

function copyOf(bytes: EventBytes, slot: number, withDetail: boolean): Buffer {
  const target = Buffer.alloc(bytes.size(slot, withDetail));
  assert.equal(bytes.copy(slot, withDetail, target, 0), target.length);
  return target;
}

test('what is packed reads back whole, detail included, however much was packed since', () => {
  const bytes = new EventBytes(2048);
  for (let port = 0; port < 2000; port++) bytes.pack(port, drop(port));
  bytes.pack(2000, lost);
  assert.deepEqual(bytes.unpack(2000), lost);
  for (const port of [1, 999, 1999]) {
    const event = bytes.unpack(port);
    assert.deepEqual(event?.time, drop(port).time);
    assert.equal(event?.flow?.l4?.tcp?.sourcePort, port);
    assert.equal(event?.flow?.detail?.skbDropReason, 'NETFILTER_DROP');
    assert.equal(event?.flow?.isReply, false);
  }
});

test('a copy is what encoding the event gives, with its detail and without, at every length', () => {
  const bytes = new EventBytes(1);
  const sizes = fc.oneof(fc.nat(600), fc.constantFrom(16_200, 16_300, 16_384, 70_000));
  fc.assert(
    fc.property(sizes, fc.boolean(), (length, withDetail) => {
      for (const event of [drop(1, 'x'.repeat(length)), lost, { ...lost, flow: { summary: 'y' } }]) {
        bytes.pack(0, event);
        assert.deepEqual(
          copyOf(bytes, 0, withDetail),
          frameMessage(encodeMessage(encodeGetFlowsResponse, event, withDetail)),
        );
        bytes.free(0);
      }
    }),
  );
});

test('memory is used again, and never while an event lies in it', () => {
  const slots = 512;
  const bytes = new EventBytes(slots);
  for (let n = 0; n < 50_000; n++) {
    bytes.free(n % slots);
    bytes.pack(n % slots, drop(n, n % 97 === 0 ? 'z'.repeat(70_000) : ''));
    const oldest = n + 1 - slots;
    if (n % 101 === 0 && oldest >= 0) {
      assert.equal(bytes.unpack(oldest % slots)?.flow?.l4?.tcp?.sourcePort, oldest);
    }
  }
});

test('a free slot holds nothing', () => {
  const bytes = new EventBytes(2);
  bytes.pack(0, lost);
  bytes.free(0);
  bytes.free(0);
  assert.equal(bytes.unpack(0), undefined);
  assert.equal(bytes.size(0, true), 0);
});
