import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeenFlows } from '../../../src/client/seen-flows.ts';
import { compareTimestamps } from '../../../src/flow/basics.ts';
import type { Flow } from '../../../src/flow/gen/flow.ts';

const flow = (id: number, ms: number): Flow => ({
  uuid: `flow-${id}`,
  time: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 },
});

test('nothing was seen at first', () => {
  const seen = new SeenFlows();
  assert.equal(seen.resume(), undefined);
  assert.equal(seen.isNew(flow(1, 1)), true);
});

test('a stream is resumed two seconds before the newest flow, and what was delivered is known', () => {
  const seen = new SeenFlows();
  for (const [id, ms] of [
    [1, 5000],
    [2, 9000],
    [3, 8500],
  ] as const)
    seen.add(flow(id, ms));
  assert.deepEqual(seen.resume(), { seconds: 7, nanos: 0 });
  assert.deepEqual(
    [1, 2, 3].map((id) => seen.isNew(flow(id, 8500))),
    [false, false, false],
  );
  assert.equal(seen.isNew(flow(4, 8600)), true, 'it came late and was not delivered');
});

test('a flow without a uuid is new only when it is later than all', () => {
  const seen = new SeenFlows();
  seen.add({ time: { seconds: 5, nanos: 0 } });
  seen.resume();
  assert.equal(seen.isNew({ time: { seconds: 5, nanos: 0 } }), false);
  assert.equal(seen.isNew({ time: { seconds: 5, nanos: 1 } }), true);
  assert.equal(seen.isNew({}), false);
});

test('no flow is delivered twice over any number of resumptions, however little is remembered', () => {
  const times = fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(times, fc.array(fc.nat(80), { maxLength: 5 }), (list, breaks) => {
      const sent = list.map((ms, id) => flow(id, ms));
      const seen = new SeenFlows({ capacity: 8 });
      const delivered: Flow[] = [];
      const read = (from: readonly Flow[]) => {
        for (const one of from) {
          if (!seen.isNew(one)) continue;
          seen.add(one);
          delivered.push(one);
        }
      };
      read(sent.slice(0, breaks[0] ?? sent.length));
      for (const upTo of [...breaks.slice(1), sent.length]) {
        const since = seen.resume();
        read(sent.slice(0, upTo).filter((one) => since === undefined || compareTimestamps(one.time, since) >= 0));
      }
      assert.equal(new Set(delivered.map((one) => one.uuid)).size, delivered.length);
    }),
    { numRuns: 500 },
  );
});

test('no flow is missed either when they come in order and all are remembered', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(steps, fc.nat(80), (gaps, at) => {
      let ms = 0;
      const sent = gaps.map((gap, id) => {
        ms += gap;
        return flow(id, ms);
      });
      const seen = new SeenFlows();
      const delivered = sent.slice(0, at);
      for (const one of delivered) seen.add(one);
      const since = seen.resume();
      delivered.push(...sent.filter((one) => compareTimestamps(one.time, since) >= 0 && seen.isNew(one)));
      assert.equal(new Set(delivered.map((one) => one.uuid)).size, sent.length);
    }),
  );
});
