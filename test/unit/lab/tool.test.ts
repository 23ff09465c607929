import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireTool, runTool } from '../../../src/lab/tool.ts';

test('a program gets its input and gives its output and status', async () => {
  assert.deepEqual(await runTool(['sh', '-c', 'cat; echo no >&2; exit 3'], 'yes'), {
    status: 3,
    stdout: 'yes',
    stderr: 'no\n',
  });
});

test('a program that ends by a signal, or without reading its input, has a status', async () => {
  assert.equal((await runTool(['sh', '-c', 'kill -9 $$'])).status, 137);
  assert.equal((await runTool(['true'], 'x'.repeat(1 << 20))).status, 0);
});

test('a missing program is one error with a hint', async () => {
  await assert.rejects(runTool(['netwatch-no-such-program']), {
    code: 'lab',
    message: 'the program netwatch-no-such-program is not installed',
    hint: /iproute2/,
  });
});

test('a failure names the command and its first complaint', async () => {
  await assert.rejects(requireTool(['sh', '-c', 'echo first >&2; echo second >&2; exit 4']), {
    code: 'lab',
    message: /failed with status 4: first$/,
  });
});

test('output is bounded', async () => {
  const { stdout } = await runTool(['sh', '-c', 'head -c 4000000 /dev/zero | tr "\\0" x']);
  assert.equal(stdout.length, 1 << 20);
});
