import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowEvent } from '../../../src/flow/source.ts';
import { EncodedFlows } from '../../../src/relay/encoded-flows.ts';
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
  const encoded = new EncodedFlows({ withDetail: false });
  const pieces = [...encoded.encode(batchOf(range(0, 3000)), 3000)];
  assert.ok(pieces.length > 1);
  for (const piece of pieces.slice(0, -1)) assert.ok(piece.length >= 64 * 1024 && piece.length < 66 * 1024);
  assert.deepEqual(
    decodeAll(pieces),
    range(0, 3000).map((n) => event(n)),
  );
});

test('an event is encoded once for all readers: neighbours are views of the same memory', () => {
  const encoded = new EncodedFlows({ withDetail: false });
  const [first] = [...encoded.encode(batchOf(range(0, 10)), 10)];
  const [again] = [...encoded.encode(batchOf(range(2, 8)), 10)];
  assert.equal(again?.buffer, first?.buffer);
  assert.deepEqual(
    decodeAll(again === undefined ? [] : [again]),
    range(2, 8).map((n) => event(n)),
  );
});

test('a reader that skips events gets exactly the others', () => {
  const encoded = new EncodedFlows({ withDetail: false });
  decodeAll(encoded.encode(batchOf(range(0, 500)), 500));
  const odd = range(0, 500).filter((n) => n % 2);
  assert.deepEqual(
    decodeAll(encoded.encode(batchOf(odd), 500)),
    odd.map((n) => event(n)),
  );
});

test('positions that share a slot, old ones, and notices without a position do not mix', () => {
  const encoded = new EncodedFlows({ withDetail: false });
  const newest = 10_000;
  for (const positions of [[9000], [9000 - 4096], [9000], [9999, 5000, 9998], [-1, 9000, -1]]) {
    const batch = batchOf(positions);
    assert.deepEqual(decodeAll(encoded.encode(batch, newest)), batch.events);
  }
});

test('a single event larger than a piece is sent whole', () => {
  const encoded = new EncodedFlows({ withDetail: false });
  const batch = batchOf([0, 1], { summary: 'x'.repeat(100_000) });
  assert.deepEqual(decodeAll(encoded.encode(batch, 2)), batch.events);
});

test('details are there for those who asked', () => {
  const batch = batchOf([0], { detail: { event: 1 } });
  assert.deepEqual(decodeAll(new EncodedFlows({ withDetail: true }).encode(batch, 1)), batch.events);
  assert.equal(decodeAll(new EncodedFlows({ withDetail: false }).encode(batch, 1))[0]?.flow?.detail, undefined);
});
