import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LostEventSource, Verdict } from '../../../src/flow/gen/flow.ts';
import { NodeState } from '../../../src/flow/gen/relay.ts';
import type { FlowEvent } from '../../../src/flow/source.ts';
import { LOG_CAPACITY } from '../../../src/tui/event-log.ts';
import { ListView } from '../../../src/tui/list-view.ts';
import { Store } from '../../../src/tui/store.ts';

/** A flow that can be told from others by its uuid; every tenth is dropped. */
function flows(from: number, count: number): FlowEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    flow: { uuid: `f${from + i}`, verdict: (from + i) % 10 === 0 ? Verdict.DROPPED : Verdict.FORWARDED },
  }));
}

function setUp(): { store: Store; view: ListView; shown: () => string[]; clock: { ms: number } } {
  const clock = { ms: 0 };
  const store = new Store(() => clock.ms);
  const view = new ListView(store, () => clock.ms);
  view.setHeight(5);
  return { store, view, clock, shown: () => view.rows().map(({ event }) => event.flow?.uuid ?? 'note') };
}

const isDropped = (flow: { verdict?: number }): boolean => flow.verdict === Verdict.DROPPED;

test('following shows the newest rows', () => {
  const { store, shown } = setUp();
  store.ingest(flows(0, 100));
  assert.deepEqual(shown(), ['f95', 'f96', 'f97', 'f98', 'f99']);
  store.ingest(flows(100, 1));
  assert.deepEqual(shown(), ['f96', 'f97', 'f98', 'f99', 'f100']);
});

test('a paused list does not move, counts what is new, and follows again', () => {
  const { store, view, shown, clock } = setUp();
  store.ingest(flows(0, 100));
  view.freeze();
  clock.ms += 3000;
  store.ingest(flows(100, 50));
  assert.deepEqual(shown(), ['f95', 'f96', 'f97', 'f98', 'f99']);
  assert.deepEqual(view.pause, { forMs: 3000, newMatched: 50, newFaults: 5 });
  assert.equal(store.totals.seen, 150);
  view.follow(false);
  assert.deepEqual(shown(), ['f145', 'f146', 'f147', 'f148', 'f149']);
  assert.equal(view.cursor, -1);
});

test('a paused list that is shorter than the screen does not grow', () => {
  const { store, view, shown } = setUp();
  store.ingest(flows(0, 2));
  view.freeze();
  store.ingest(flows(2, 10));
  assert.deepEqual(shown(), ['f0', 'f1']);
});

test('rows under the reader stay when the log has long moved on', () => {
  const { store, view, shown } = setUp();
  store.ingest(flows(0, 1000));
  view.freeze();
  for (let from = 1000; from < 3 * LOG_CAPACITY; from += 4096) store.ingest(flows(from, 4096));
  assert.ok(store.log.oldest > 1000);
  assert.deepEqual(shown(), ['f995', 'f996', 'f997', 'f998', 'f999']);
  view.toOldest();
  assert.deepEqual(shown(), ['f0', 'f1', 'f2', 'f3', 'f4']);
  assert.equal(view.selected?.flow?.uuid, 'f0');
});

test('moving up pauses, selects and scrolls at the edge only', () => {
  const { store, view, shown } = setUp();
  store.ingest(flows(0, 20));
  view.move(-1);
  assert.equal(view.paused, true);
  assert.equal(view.selected?.flow?.uuid, 'f18');
  assert.deepEqual(shown(), ['f15', 'f16', 'f17', 'f18', 'f19']);
  view.move(-4);
  assert.deepEqual(shown(), ['f14', 'f15', 'f16', 'f17', 'f18']);
  view.page(-1);
  assert.deepEqual(shown(), ['f9', 'f10', 'f11', 'f12', 'f13']);
  view.page(0.5);
  assert.deepEqual(shown(), ['f11', 'f12', 'f13', 'f14', 'f15']);
  view.move(1000);
  assert.equal(view.selected?.flow?.uuid, 'f19');
});

test('fault stepping goes to the newest one first, then back and forth, and says when there is none', () => {
  const { store, view } = setUp();
  store.ingest(flows(0, 45));
  assert.equal(view.toFault(1), true);
  assert.equal(view.selected?.flow?.uuid, 'f40');
  assert.equal(view.toFault(1), false);
  assert.equal(view.toFault(-1), true);
  assert.equal(view.selected?.flow?.uuid, 'f30');
});

test('a filter rescans what is there and applies to what comes; a paused list stays with its own events', () => {
  const { store, view, shown } = setUp();
  store.ingest(flows(0, 100));
  view.setPredicate(isDropped);
  assert.deepEqual(shown(), ['f50', 'f60', 'f70', 'f80', 'f90']);
  store.ingest(flows(100, 20));
  assert.deepEqual(shown(), ['f70', 'f80', 'f90', 'f100', 'f110']);
  view.freeze();
  store.ingest(flows(120, 20));
  view.setPredicate(undefined);
  assert.ok(shown().includes('f110'), 'the selected row stays in sight');
  view.move(1000);
  assert.equal(view.selected?.flow?.uuid, 'f119');
  assert.equal(view.pause?.newMatched, 20);
});

test('the list equals filtering everything, whatever the mix of arrival, filters and overrun', () => {
  const { store, view } = setUp();
  let sent = 0;
  const send = (count: number): void => {
    store.ingest(flows(sent, count));
    sent += count;
  };
  send(LOG_CAPACITY - 100);
  view.setPredicate(isDropped);
  send(5000);
  for (let more = true; more; ) more = view.scan();
  const expected: number[] = [];
  for (let seq = store.log.oldest; seq < store.log.end; seq++) if (seq % 10 === 0) expected.push(seq);
  const { matches } = store;
  assert.deepEqual(
    Array.from({ length: matches.count }, (_, index) => matches.at(index)),
    expected,
  );
});

test('losses are counted by place; reports in a row fold into one row, a flow between them ends that', () => {
  const { store, view, shown } = setUp();
  const lost = (count: number, nodeName = 'n1'): FlowEvent => ({
    nodeName,
    time: { seconds: count, nanos: 0 },
    lostEvents: { source: LostEventSource.HUBBLE_RING_BUFFER, numEventsLost: count },
  });
  store.ingest([...flows(0, 1), lost(5), lost(7), lost(1, 'n2'), ...flows(1, 1), lost(2)]);
  assert.deepEqual(shown(), ['f0', 'note', 'note', 'f1', 'note']);
  const counts = view.rows().map(({ event }) => event.lostEvents?.numEventsLost);
  assert.deepEqual(counts, [undefined, 12, 1, undefined, 2]);
  assert.equal(store.totals.lost.get(LostEventSource.HUBBLE_RING_BUFFER), 15);
  view.freeze();
  store.ingest([lost(9)]);
  assert.equal(view.rows().at(-1)?.event.lostEvents?.numEventsLost, 2, 'a paused row does not change');
  assert.equal(store.totals.lost.get(LostEventSource.HUBBLE_RING_BUFFER), 24);
});

test('rates fall to zero two seconds after the last flow', () => {
  const { store, clock } = setUp();
  for (let i = 0; i < 80; i++) {
    clock.ms += 50;
    store.ingest(flows(i * 5, 5));
  }
  assert.equal(Math.round(store.flowsPerSecond), 100);
  clock.ms += 2500;
  assert.equal(store.flowsPerSecond, 0);
});

test('a node that comes back says how long its flows were missing', () => {
  const { store, view } = setUp();
  const status = (seconds: number, stateChange: number): FlowEvent => ({
    time: { seconds, nanos: 0 },
    nodeStatus: { stateChange, nodeNames: ['n1'], message: 'EOF' },
  });
  store.ingest([status(100, NodeState.NODE_UNAVAILABLE), status(104, NodeState.NODE_ERROR)]);
  assert.deepEqual(store.nodes.missing, [{ name: 'n1', message: 'EOF' }]);
  store.ingest([status(109, NodeState.NODE_CONNECTED)]);
  assert.deepEqual(store.nodes.missing, []);
  assert.match(view.rows().at(-1)?.event.nodeStatus?.message ?? '', /9s/);
});
