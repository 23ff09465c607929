import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LostEventSource, Verdict } from '../../../src/flow/gen/flow.ts';
import type { FlowsRequest } from '../../../src/flow/source.ts';
import { observeFlows } from '../../../src/relay/observer.ts';
import { rpcStatusOf } from '../../../src/wire/status.ts';
import { historyOf, numbersOf, packet, readAll, T0 } from './fixtures.ts';

const at = (n: number) => ({ seconds: T0 + n, nanos: 0 });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Flows 0 to `count - 1`; the odd ones are dropped packets. */
function filled(count: number, capacity = 63) {
  const { history, clock } = historyOf({ capacity });
  history.publish(range(0, count - 1).map((n) => packet(n, { verdict: n % 2 ? Verdict.DROPPED : Verdict.FORWARDED })));
  return { history, clock };
}
const answer = async (request: FlowsRequest, count = 20) => numbersOf(await readAll(filled(count).history, request));
const dropped = { whitelist: [{ verdict: [Verdict.DROPPED] }] };

describe('a request that does not follow', () => {
  test('without limits gets the whole ring', async () => assert.deepEqual(await answer({}), range(0, 19)));
  test('with a number gets the newest', async () => assert.deepEqual(await answer({ number: 3 }), [17, 18, 19]));
  test('counts matches only', async () => assert.deepEqual(await answer({ number: 3, ...dropped }), [15, 17, 19]));
  test('with first gets the oldest', async () => {
    assert.deepEqual(await answer({ number: 2, first: true }), [0, 1]);
    assert.deepEqual(await answer({ number: 2, first: true, ...dropped }), [1, 3]);
  });
  test('with first and since gets the first of the window', async () =>
    assert.deepEqual(await answer({ number: 2, first: true, since: at(10) }), [10, 11]));
  test('with since and until gets the window, both ends included', async () => {
    assert.deepEqual(await answer({ since: at(15) }), range(15, 19));
    assert.deepEqual(await answer({ since: at(5), until: at(8) }), range(5, 8));
    assert.deepEqual(await answer({ until: at(2) }), [0, 1, 2]);
  });
  test('with since and a number gets the last of the window, unlike Hubble', async () => {
    assert.deepEqual(await answer({ since: at(5), number: 3 }), [17, 18, 19]);
    assert.deepEqual(await answer({ since: at(5), until: at(9), number: 3 }), [7, 8, 9]);
    assert.deepEqual(await answer({ since: at(18), number: 7 }), [18, 19]);
  });
  test('with the number of --all gets everything', async () =>
    assert.deepEqual(await answer({ number: 2n ** 64n - 1n }), range(0, 19)));
  test('with a larger number than there are gets what there is', async () =>
    assert.deepEqual(await answer({ number: 7 }, 2), [0, 1]));
  test('of an empty ring ends at once', async () => assert.deepEqual(await answer({ number: 7 }, 0), []));
  test('honours both lists', async () =>
    assert.deepEqual(await answer({ number: 2, blacklist: [{ verdict: [Verdict.DROPPED] }] }), [16, 18]));
  test('ends although flows keep coming', async () => {
    const { history } = filled(20);
    const seen: number[] = [];
    const signal = new AbortController().signal;
    for await (const { events } of observeFlows({ history, request: {}, signal })) {
      seen.push(...numbersOf(events));
      history.publish([packet(99)]);
    }
    assert.deepEqual(seen, range(0, 19));
  });

  test('agrees with a plain description of what it asks for', async () => {
    const bound = fc.option(fc.nat(25), { nil: undefined });
    const asked = fc.record({
      number: fc.nat(9),
      since: bound,
      until: bound,
      first: fc.boolean(),
      drops: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ number, since, until, first, drops }) => {
        const request = {
          number,
          first,
          ...(since !== undefined && { since: at(since) }),
          ...(until !== undefined && { until: at(until) }),
          ...(drops && dropped),
        };
        const window = range(0, 19).filter((n) => n >= (since ?? 0) && n <= (until ?? 99) && (!drops || n % 2 === 1));
        const wanted = number === 0 ? window : first ? window.slice(0, number) : window.slice(-number);
        assert.deepEqual(await answer(request), wanted);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a request that follows', () => {
  async function follow(request: FlowsRequest, wanted: number) {
    const { history } = filled(20);
    const controller = new AbortController();
    const seen: number[] = [];
    let next = 20;
    const timer = setInterval(() => history.publish([packet(next++)]), 1);
    const observation = { history, request: { ...request, follow: true }, signal: controller.signal };
    try {
      for await (const { events } of observeFlows(observation)) {
        seen.push(...numbersOf(events));
        if (seen.length >= wanted) controller.abort();
      }
    } finally {
      clearInterval(timer);
    }
    return seen.slice(0, wanted);
  }
  test('starts with the next flow', async () => assert.deepEqual(await follow({}, 3), [20, 21, 22]));
  test('with a number starts so many back and goes on', async () =>
    assert.deepEqual(await follow({ number: 2 }, 4), [18, 19, 20, 21]));
  test('with since starts there and goes on', async () =>
    assert.deepEqual(await follow({ since: at(17) }, 4), [17, 18, 19, 20]));
  test('may not have first', async () => {
    await assert.rejects(follow({ first: true, number: 1 }, 1), (error) => {
      assert.deepEqual({ ...rpcStatusOf(error) }, { code: 3, message: 'first cannot be specified with follow' });
      return true;
    });
  });
  test('ends when its signal is aborted, even without a flow', async () => {
    const { history } = historyOf();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    const request = { follow: true };
    for await (const _ of observeFlows({ history, request, signal: controller.signal })) assert.fail('no flow came');
  });
});

describe('lost events', () => {
  test('of the capture pass filters and time and do not count', async () => {
    const { history } = filled(4);
    history.publishLost({ source: LostEventSource.PERF_EVENT_RING_BUFFER, numEventsLost: 5, cpu: 1 });
    history.publish([packet(4)]);
    const events = await readAll(history, { number: 2, ...dropped, since: at(1) });
    assert.deepEqual(numbersOf(events), [1, 3]);
    assert.deepEqual(
      (await readAll(history, { number: 5 })).map((e) => e.lostEvents?.numEventsLost ?? e.flow?.uuid),
      ['flow-0', 'flow-1', 'flow-2', 'flow-3', 5, 'flow-4'],
    );
  });

  test('of a slow reader are its own, exact, and told once a second', async () => {
    const { history, clock } = filled(0, 7);
    let counted = 0;
    const controller = new AbortController();
    const onLost = (count: number) => {
      counted += count;
    };
    const observation = { history, request: { follow: true }, signal: controller.signal, onLost };
    const slow = observeFlows(observation)[Symbol.asyncIterator]();
    const told: number[] = [];
    const seen: number[] = [];
    const take = async () => {
      const { value } = await slow.next();
      for (const { lostEvents } of value?.events ?? []) if (lostEvents) told.push(Number(lostEvents.numEventsLost));
      seen.push(...numbersOf(value?.events ?? []));
    };
    const pending = take();
    history.publish([packet(0)]);
    await pending;
    history.publish(range(1, 20).map((n) => packet(n)));
    await take();
    assert.deepEqual(told, [13]);
    history.publish(range(21, 40).map((n) => packet(n)));
    await take();
    assert.deepEqual(told, [13], 'the second loss is within a second of the first notice');
    clock.nowMs += 1000;
    history.publish([packet(41)]);
    await take();
    assert.deepEqual(told, [13, 13]);
    assert.equal(seen.length + counted, 42);
    assert.deepEqual(seen, [0, ...range(14, 20), ...range(34, 40), 41]);
    controller.abort();
  });

  test('count up to where the request ends, and are told before it does', async () => {
    const { history } = filled(400, 511);
    const signal = new AbortController().signal;
    const reader = observeFlows({ history, request: {}, signal })[Symbol.asyncIterator]();
    const events = [...((await reader.next()).value?.events ?? [])];
    history.publish(range(400, 899).map((n) => packet(n)));
    for (let next = await reader.next(); !next.done; next = await reader.next()) events.push(...next.value.events);
    const lost = events.flatMap((e) => (e.lostEvents ? [Number(e.lostEvents.numEventsLost)] : []));
    assert.deepEqual(lost, [133]);
    assert.deepEqual(numbersOf(events), [...range(0, 255), ...range(389, 399)]);
  });

  test('not told for the second that has not passed are told at the end', async () => {
    const { history } = filled(1000, 511);
    const signal = new AbortController().signal;
    const reader = observeFlows({ history, request: {}, signal })[Symbol.asyncIterator]();
    const lost: number[] = [];
    let seen = 0;
    const take = ({ value }: Awaited<ReturnType<typeof reader.next>>) => {
      for (const e of value?.events ?? []) {
        if (e.lostEvents) lost.push(Number(e.lostEvents.numEventsLost));
        else seen++;
      }
    };
    take(await reader.next());
    history.publish(range(0, 99).map((n) => packet(n)));
    take(await reader.next());
    history.publish(range(0, 499).map((n) => packet(n)));
    for (let next = await reader.next(); !next.done; next = await reader.next()) take(next);
    assert.equal(seen + lost.reduce((a, b) => a + b, 0), 511);
  });
});
