import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimSlot } from '../../../src/lab/claim.ts';
import { MAX_LABS } from '../../../src/lab/plan.ts';

const skip = process.platform !== 'linux' ? 'abstract unix sockets are Linux only' : false;

test('a slot has one owner, and is free again after it', { skip }, async () => {
  const slot = MAX_LABS + process.pid;
  const first = await claimSlot(slot);
  assert.equal(first?.slot, slot);
  assert.equal(await claimSlot(slot), undefined);
  await first.release();
  const second = await claimSlot(slot);
  assert.equal(second?.slot, slot);
  await second.release();
});
