import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ring } from '../../../src/flow/ring.ts';
import type { FlowEvent } from '../../../src/flow/source.ts';
import { EncodedFlows } from '../../../src/relay/encoded-flows.ts';
import { EventBytes } from '../../../src/relay/event-bytes.ts';
import { FrameReader } from '../../../src/wire/framing.ts';
import { decodeGetFlowsResponse } from '../../../src/wire/gen/observer.ts';
import { decodeMessage } from '../../../src/wire/message.ts';
import { packet } from './fixtures.ts';

const event = (n: number, more = {}): FlowEvent => ({
  flow: packet(n, more),
  nodeName: 'node-a',
  time: packet(n).time,
});
const batchOf = (positions: readonly number[], more = {}) => ({
  events: positions.map((n) => event(n, more)),
  positions: [...positions],
});

/** A ring of 4095 that so many events went through. */
function encodedOf(count: number, { withDetail = false, more = {} } = {}): EncodedFlows {
  const bytes = new EventBytes(4096);
  const ring = new Ring<FlowEvent>(4095, bytes);
  for (let n = 0; n < count; n++) ring.push(event(n, more));
  return new EncodedFlows(ring, bytes, { withDetail });
}

function decodeAll(pieces: Iterable<Buffer>): FlowEvent[] {
  const frames = new FrameReader();
  const events: FlowEvent[] = [];
  for (const piece of pieces) {
    frames.push(piece, (bytes, start, end) => events.push(decodeMessage(decodeGetFlowsResponse, bytes, start, end)));
    assert.equal(frames.incomplete, false, 'a piece ends with a message');
  }
  return events;
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('events come out as they went in, in pieces of 64 KiB', () => {
  const pieces = [...encodedOf(3000).encode(batchOf(range(0, 3000)))];
  assert.ok(pieces.length > 1);
  for (const piece of pieces.slice(0, -1)) assert.ok(piece.length >= 64 * 1024 && piece.length < 66 * 1024);
  assert.deepEqual(
    decodeAll(pieces),
    range(0, 3000).map((n) => event(n)),
  );
});

test('a reader that skips events gets exactly the others', () => {
  const odd = range(0, 500).filter((n) => n % 2);
  assert.deepEqual(
    decodeAll(encodedOf(500).encode(batchOf(odd))),
    odd.map((n) => event(n)),
  );
});

test('positions that share a slot, overwritten ones, and notices without a position do not mix', () => {
  const encoded = encodedOf(10_000);
  for (const positions of [[9000], [9000 - 4096], [9000], [9999, 5000, 9998], [-1, 9000, -1]]) {
    const batch = batchOf(positions);
    assert.deepEqual(decodeAll(encoded.encode(batch)), batch.events);
  }
});

test('a single event larger than a piece is sent whole', () => {
  const more = { summary: 'x'.repeat(100_000) };
  const batch = batchOf([0, 1], more);
  assert.deepEqual(decodeAll(encodedOf(2, { more }).encode(batch)), batch.events);
});

test('details are there for those who asked', () => {
  const more = { detail: { event: 1 } };
  const batch = batchOf([0, -1], more);
  assert.deepEqual(decodeAll(encodedOf(1, { more, withDetail: true }).encode(batch)), batch.events);
  for (const { flow } of decodeAll(encodedOf(1, { more }).encode(batch))) {
    assert.equal(flow?.summary, batch.events[0]?.flow?.summary);
    assert.equal(flow?.detail, undefined);
  }
});
