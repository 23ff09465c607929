import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findCgroup2Mount } from '../../src/lab/cgroup.ts';
import { startLab } from '../../src/lab/lab.ts';
import { labCgroup, planLab, slotOf } from '../../src/lab/plan.ts';

const skip = process.geteuid?.() !== 0 ? 'needs root: the lab makes network namespaces' : false;
const lab = join(import.meta.dirname, '../../src/lab');
const podProgram = { command: process.execPath, args: [join(lab, 'pod.ts')] };

/** A process of its own that runs a lab; `then` is what it does once the lab is up. */
async function startOwner(then = ''): Promise<{ readonly owner: ChildProcess; readonly slot: number }> {
  const program = `
    import { startLab } from ${JSON.stringify(pathToFileURL(join(lab, 'lab.ts')).href)};
    const lab = await startLab({ scenario: 'healthy', podProgram: ${JSON.stringify(podProgram)} });
    process.stdout.write('slot ' + lab.slot + '\\n');
    ${then}`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  owner.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  while (!stdout.includes('\n')) await once(owner.stdout ?? owner, 'data');
  return { owner, slot: Number(/^slot (\d+)\n/.exec(stdout)?.[1]) };
}

function tracesOf(slot: number): readonly string[] {
  const mount = findCgroup2Mount(readFileSync('/proc/mounts', 'utf8'));
  const cgroups = mount === undefined ? [] : readdirSync(mount).filter((name) => name === labCgroup(slot));
  return [...readdirSync('/run/netns').filter((name) => slotOf(name) === slot), ...cgroups, ...podPidsOf(slot)];
}

/** Processes whose order came from this lab: they run in its cgroups, or, without any, are not found here. */
function podPidsOf(slot: number): readonly string[] {
  const mount = findCgroup2Mount(readFileSync('/proc/mounts', 'utf8'));
  if (mount === undefined) return [];
  return planLab(slot).pods.flatMap((pod) => {
    try {
      return readFileSync(join(mount, labCgroup(slot), pod.name, 'cgroup.procs'), 'utf8')
        .split('\n')
        .filter(Boolean);
    } catch {
      return [];
    }
  });
}

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  test(`${name} removes everything and then ends the process by that signal`, { skip }, async () => {
    const { owner, slot } = await startOwner();
    owner.kill(name);
    const [, signal] = await once(owner, 'exit');
    assert.equal(signal, name);
    assert.deepEqual(tracesOf(slot), []);
  });
}

test('a process that just exits removes everything', { skip }, async () => {
  const { owner, slot } = await startOwner('process.exit(7);');
  const [status] = await once(owner, 'exit');
  assert.equal(status, 7);
  assert.deepEqual(tracesOf(slot), []);
});

test('what a killed lab leaves, the next one removes, and takes its place', { skip }, async (t) => {
  const { owner, slot } = await startOwner();
  const pods = podPidsOf(slot);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok(tracesOf(slot).length > 0, 'a killed process cannot clean up');
  const next = await startLab({ scenario: 'healthy', podProgram });
  t.after(() => next.stop());
  assert.ok(next.slot <= slot);
  assert.deepEqual(
    podPidsOf(slot).filter((pid) => pods.includes(pid)),
    [],
  );
  await next.stop();
  assert.deepEqual(tracesOf(slot), []);
});

test('a lab that runs is not a leftover', { skip }, async (t) => {
  const first = await startLab({ scenario: 'healthy', podProgram, rounds: 1, rate: 8 });
  t.after(() => first.stop());
  const second = await startLab({ scenario: 'healthy', podProgram, rounds: 1, rate: 8 });
  t.after(() => second.stop());
  assert.notEqual(first.slot, second.slot);
  await Promise.all([first.finished(), second.finished()]);
  assert.deepEqual((await first.ledger()).failures, []);
  assert.deepEqual((await second.ledger()).failures, []);
});
