/** The real process: what only pipes and signals can show. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts');
const LINE = '{"flow":{"verdict":"FORWARDED"},"time":"2026-01-02T03:04:05Z"}\n';

const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.geteuid?.() === 0;

const start = (...argv: string[]) => startAs({}, ...argv);

function startAs(user: { readonly uid?: number; readonly gid?: number }, ...argv: string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: 'pipe', ...user });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  return { child, stderr: () => stderr };
}

test('a reader that closes its end is no failure', async () => {
  const { child, stderr } = start('observe', '--input-file', '-');
  child.stdin.end(LINE.repeat(50_000));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code, signal] = await once(child, 'close');
  assert.deepEqual({ code, signal, stderr: stderr() }, { code: 0, signal: null, stderr: '' });
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  test(`${signal}, even followed by another, ends it with status 0 and what was read printed`, async () => {
    const { child, stderr } = start('observe', '--input-file', '-');
    child.stdin.write(LINE);
    const [printed] = await once(child.stdout, 'data');
    assert.match(String(printed), /^N\/A: .*FORWARDED \(\)\n$/);
    child.kill(signal);
    child.kill('SIGINT');
    const [code, killedBy] = await once(child, 'close');
    assert.deepEqual({ code, killedBy, stderr: stderr() }, { code: 0, killedBy: null, stderr: '' });
  });
}

test('a large output through a slow pipe is complete', async () => {
  const { child } = start('observe', '--input-file', '-', '-o', 'json');
  child.stdin.end(LINE.repeat(20_000));
  let bytes = 0;
  for await (const chunk of child.stdout) {
    bytes += chunk.length;
    if (bytes < 200_000) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(bytes, LINE.length * 20_000);
});

function whyNotAsNobody(): string | false {
  if (!isRoot) return 'needs root, to start it as somebody else';
  const started = spawnSync(process.execPath, ['-e', ''], NOBODY);
  return started.status === 0 ? false : 'this Node lies where only root may look';
}

for (const command of ['relay', 'observe', 'demo']) {
  const skip = whyNotAsNobody();
  test(`${command} without privileges says so, not what they were needed for first`, { skip }, async () => {
    const { child, stderr } = startAs(NOBODY, command);
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    assert.match(stderr(), /^netwatch: [^\n]*(needs CAP_\w+|needs root|only root may)[^\n]*\n[^\n]+\n$/);
  });
}
