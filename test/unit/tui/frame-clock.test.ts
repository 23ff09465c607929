import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { FrameClock } from '../../../src/tui/frame-clock.ts';

/** A clock on mocked timers; `paints` has one entry per frame, true with chrome. */
function setUp(context: { after(done: () => void): void }) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  context.after(() => mock.timers.reset());
  const paints: boolean[] = [];
  const state = { ticking: false };
  const clock = new FrameClock(
    (withChrome) => paints.push(withChrome),
    () => state.ticking,
    () => Date.now(),
  );
  const run = (ms: number, each: () => void = () => {}): void => {
    for (let i = 0; i < ms; i++) {
      mock.timers.tick(1);
      each();
    }
  };
  return { clock, paints, state, run };
}

test('rows are painted at most 20 times a second, chrome 4 times', (context) => {
  const { clock, paints, run } = setUp(context);
  run(1000, () => clock.touch());
  assert.ok(paints.length >= 18 && paints.length <= 21, `${paints.length} frames`);
  const withChrome = paints.filter(Boolean).length;
  assert.ok(withChrome >= 3 && withChrome <= 5, `${withChrome} with chrome`);
});

test('nothing to paint: no frame and no timer', (context) => {
  const { clock, paints, run } = setUp(context);
  clock.paintNow();
  run(5000);
  assert.deepEqual(paints, [true]);
});

test('while digits change by themselves, they are painted; then it is quiet', (context) => {
  const { clock, paints, state, run } = setUp(context);
  state.ticking = true;
  clock.paintNow();
  run(1000);
  assert.ok(paints.length >= 4 && paints.length <= 5);
  state.ticking = false;
  run(300);
  const before = paints.length;
  run(5000);
  assert.equal(paints.length, before);
});

test('a key is painted at once, also between two frames', (context) => {
  const { clock, paints, run } = setUp(context);
  clock.touch();
  run(10);
  const before = paints.length;
  clock.paintNow();
  assert.equal(paints.length, before + 1);
  clock.stop();
  clock.touch();
  clock.paintNow();
  run(1000);
  assert.equal(paints.length, before + 1);
});
