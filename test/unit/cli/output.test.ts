import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Output } from '../../../src/cli/output.ts';

test('many lines are one write', async () => {
  const writes: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      writes.push(chunk);
      done();
    },
  });
  const output = new Output(stream);
  for (let i = 0; i < 3; i++) output.write(`${i}\n`);
  await output.flush();
  await output.flush();
  assert.deepEqual(writes, ['0\n1\n2\n']);
});

test('it is full at 64 KiB', () => {
  const output = new Output(new Writable());
  output.write('x'.repeat(65_535));
  assert.equal(output.isFull, false);
  output.write('x');
  assert.equal(output.isFull, true);
});

test('flush waits until the reader has room', async () => {
  const taken: (() => void)[] = [];
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) });
  const output = new Output(stream);
  output.write('abc');
  let flushed = false;
  const flushing = output.flush().then(() => {
    flushed = true;
  });
  await sleep(5);
  assert.equal(flushed, false);
  taken[0]?.();
  await flushing;
  assert.equal(flushed, true);
});

const failing = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });

test('a reader that went away closes the output without an error', async () => {
  const output = new Output(failing('EPIPE'));
  output.write('x');
  await output.flush();
  await sleep(1);
  assert.equal(output.closed.aborted, true);
  output.write('y');
  await output.flush();
});

test('a full disk is an error', async () => {
  const output = new Output(failing('ENOSPC'));
  output.write('x');
  await output.flush().catch(() => undefined);
  await sleep(1);
  output.write('y');
  await assert.rejects(output.flush(), { code: 'unavailable', message: 'cannot write to standard output: ENOSPC' });
});
