/** A relay that nobody gives anything to do. Needs root. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, report } from './measure.ts';

const SECONDS = 10;
const folder = mkdtempSync(join(tmpdir(), 'netwatch-bench-'));
const startedMs = performance.now();
const relay = spawn(
  process.execPath,
  [join(ROOT, 'dist/netwatch.js'), 'relay', '--listen', `unix://${folder}/r.sock`],
  {
    stdio: ['ignore', 'ignore', 'pipe'],
  },
);

const read = (file: string): string => readFileSync(`/proc/${relay.pid}/${file}`, 'utf8');
const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read('status'))?.[1]);
const cpuTicks = (): number => {
  const fields = read('stat').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
};

try {
  await new Promise<void>((resolve, reject) => {
    relay.stderr.on('data', (text) => String(text).includes('serving') && resolve());
    relay.on('close', (status) => reject(new Error(`the relay ended with ${status}`)));
  });
  const readyMs = performance.now() - startedMs;
  await sleep(2000);
  const [ticks, switches] = [cpuTicks(), field('voluntary_ctxt_switches')];
  await sleep(SECONDS * 1000);
  report({ name: 'start to serving', value: readyMs, unit: 'ms', note: 'one run, loading and attaching included' });
  report({ name: 'CPU', value: (cpuTicks() - ticks) / SECONDS, unit: '% of a core', note: `over ${SECONDS} s` });
  const wakeUps = (field('voluntary_ctxt_switches') - switches) / SECONDS;
  report({ name: 'wake-ups', value: wakeUps, unit: '/s', note: 'main thread, timers included' });
  report({ name: 'memory', value: field('VmRSS') / 1024, unit: 'MB resident', target: '≤ 80 MB' });
} finally {
  const ended = new Promise((resolve) => relay.on('close', resolve));
  relay.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
