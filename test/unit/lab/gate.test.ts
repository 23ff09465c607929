import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from '../../../src/lab/gate.ts';

test('nothing enters before the gate opens, all that waited enter then', async () => {
  const gate = new Gate();
  let entered = 0;
  const waiting = [1, 2, 3].map(() => gate.enter().then(() => entered++));
  await turn();
  assert.equal(entered, 0);
  gate.open();
  await Promise.all(waiting);
  assert.equal(entered, 3);
});

test('shutting waits for what is inside and lets nothing more in', async () => {
  const gate = new Gate();
  gate.open();
  await gate.enter();
  await gate.enter();
  let shut = false;
  const shutting = gate.shut().then(() => {
    shut = true;
  });
  let late = false;
  void gate.enter().then(() => {
    late = true;
  });
  gate.leave();
  await turn();
  assert.equal(shut, false);
  gate.leave();
  await shutting;
  await turn();
  assert.equal(late, false);
  gate.open();
  await turn();
  assert.equal(late, true);
});

test('an idle gate shuts at once', async () => {
  const gate = new Gate();
  await gate.shut();
  gate.open();
  await gate.shut();
});
