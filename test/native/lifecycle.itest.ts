import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BpfObject } from '../../native/index.d.ts';
import { findBuilt, loadAddon } from '../../src/capture/addon.ts';
import { checkRequirements } from '../../src/capture/requirements.ts';
import { whyNot } from '../integration/capture-network.ts';

const CYCLES = 1000;
/** Until here caches and heaps may grow. */
const WARM_UP = 100;
const MAX_GROWTH_MB = 8;
/** The cheapest one; the full object takes twice as long and holds the same kinds of things. */
const PROGRAM = 'nw_set_state';

const skip = whyNot();
const openFds = (): number => readdirSync('/proc/self/fd').length;
const rssMb = (): number => process.memoryUsage.rss() / 2 ** 20;

function open(): BpfObject {
  const object = new (loadAddon().BpfObject)(findBuilt('flow.bpf.o'));
  for (const program of object.programs()) if (program !== PROGRAM) object.disable(program);
  object.setMaxEntries('nw_ringbuf', 4096);
  return object;
}

test(`${CYCLES} starts and stops leak no descriptor and no memory`, { skip, timeout: 120_000 }, async () => {
  const slab = new ArrayBuffer(1 << 16);
  let [fds, rss] = [0, 0];
  for (let i = 0; i < CYCLES; i++) {
    const object = open();
    object.load();
    object.attach(PROGRAM);
    object.read('nw_ringbuf', slab, () => {});
    object.close();
    await nextTurn();
    if (i === WARM_UP) [fds, rss] = [openFds(), rssMb()];
  }
  assert.equal(openFds(), fds);
  assert.ok(rssMb() - rss < MAX_GROWTH_MB, `${(rssMb() - rss).toFixed(1)} MB more`);
});

test('an object that was never loaded, or only half, leaves nothing behind', { skip }, () => {
  const addon = loadAddon();
  assert.throws(() => new addon.BpfObject('/nonexistent.o'), { code: 'ENOENT' });
  const before = openFds();
  for (const finish of [
    (object: BpfObject) => assert.throws(() => object.attach(PROGRAM), Error),
    (object: BpfObject) => assert.throws(() => object.attach('nw_ingress', '/nonexistent'), { code: 'ENOENT' }),
    (object: BpfObject) => assert.throws(() => object.setKnob('cfg_nothing', 1), { code: 'ENOENT' }),
    (object: BpfObject) => assert.throws(() => object.setKnob('cfg_loopback', 256), { code: 'ERANGE' }),
    (object: BpfObject) => {
      object.load();
      assert.throws(() => object.setKnob('cfg_loopback', 1), { code: 'EBUSY' });
      object.attach(PROGRAM);
      assert.throws(() => object.attach('nw_egress', checkRequirements(undefined)), Error);
    },
  ]) {
    const object = open();
    finish(object);
    object.close();
    object.close();
    assert.throws(() => object.load(), { code: 'EBADF' });
  }
  assert.equal(openFds(), before);
});

test('maps are read and written as bytes, and lengths are checked', { skip }, () => {
  const object = open();
  try {
    object.load();
    const key = new Uint8Array(4);
    assert.throws(() => object.lookup('nw_stats', new Uint8Array(3)), { code: 'EINVAL' });
    assert.throws(() => object.lookup('nothing', key), { code: 'ENOENT' });
    const conversation = new Uint8Array(48).fill(7);
    const value = new Uint8Array(32).fill(1);
    assert.equal(object.lookup('nw_udp_conversations', conversation), undefined);
    object.update('nw_udp_conversations', conversation, value);
    assert.deepEqual(object.lookup('nw_udp_conversations', conversation), value);
    assert.equal(object.delete('nw_udp_conversations', conversation), true);
    assert.equal(object.delete('nw_udp_conversations', conversation), false);
  } finally {
    object.close();
  }
});

test('a ring buffer is closed from inside its own callback', { skip }, async () => {
  const addon = loadAddon();
  const object = new addon.BpfObject(findBuilt('flow.bpf.o'));
  object.setKnob('cfg_loopback', 1);
  object.load();
  for (const program of object.programs()) object.attach(program, checkRequirements(undefined));
  const batches = await new Promise<number>((resolve) => {
    let count = 0;
    object.read('nw_ringbuf', new ArrayBuffer(1 << 16), () => {
      count++;
      object.close();
      setTimeout(() => resolve(count), 100);
    });
    void fetch('http://127.0.0.1:8099').catch(() => {});
  });
  assert.equal(batches, 1);
});

test('a process, or a worker, that ends while it captures ends in peace', { skip }, () => {
  const capture = new URL('../../src/capture/capture.ts', import.meta.url).href;
  const start = `const { startCapture } = await import(${JSON.stringify(capture)});
    globalThis.held = startCapture({ loopback: true }, { flows() {}, lost() {} });`;
  const inWorker = `const { Worker } = await import('node:worker_threads');
    const worker = new Worker(${JSON.stringify(`${start} (await import('node:worker_threads')).parentPort.postMessage(1);`)}, { eval: true, type: 'module' });
    worker.once('message', () => setTimeout(() => worker.terminate().then(() => process.exit(7)), 60));`;
  for (const code of [`${start} setTimeout(() => process.exit(7), 60);`, inWorker]) {
    const { status, signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    assert.deepEqual([status, signal], [7, null], stderr);
  }
});
