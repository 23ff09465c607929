/** What a frame of the terminal UI costs: 200x50, synthetic flows, an output that takes everything, then a real pty. */
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Screen } from '../src/tui/screen.tsx';
import { createTheme } from '../src/tui/theme.ts';
import { Viewer } from '../src/tui/viewer.ts';
import { createFlows } from '../test/fixtures/synthetic-flows.ts';
import { median, ROOT, report } from './measure.ts';

const FRAMES = 400;
const FPS = 20;
const ROUNDS = 5;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

class CountingOutput extends EventEmitter {
  readonly columns = 200;
  readonly rows = 50;
  bytes = 0;

  write(text: string, taken?: () => void): boolean {
    this.bytes += Buffer.byteLength(text);
    taken?.();
    return true;
  }
}

/** CPU milliseconds and bytes of one frame in which `rowsPerFrame` flows arrive; chrome four times a second. */
function measureFrames(rowsPerFrame: number): { readonly cpuMs: number; readonly bytes: number } {
  const output = new CountingOutput();
  const theme = createTheme({ LANG: 'C.UTF-8' });
  const viewer = new Viewer({ title: 'bench', theme, now: () => performance.now() });
  const screen = new Screen(viewer, output);
  const makeFlow = createFlows(1);
  const batches = Array.from({ length: FRAMES + 40 }, (_, frame) =>
    Array.from({ length: rowsPerFrame }, (_unused, row) => ({
      flow: makeFlow(frame * rowsPerFrame + row, Date.now() + frame * 50),
    })),
  );
  const play = (from: number, to: number): void => {
    for (let frame = from; frame < to; frame++) {
      viewer.store.ingest(batches[frame] ?? []);
      screen.paint(frame % (FPS / 4) === 0);
    }
  };
  play(0, 40);
  output.bytes = 0;
  const before = process.cpuUsage();
  play(40, FRAMES + 40);
  const { user, system } = process.cpuUsage(before);
  screen.close();
  return { cpuMs: (user + system) / 1000 / FRAMES, bytes: output.bytes / FRAMES };
}

for (const [name, rows, target] of [
  ['frame, every row new', 46, '≤ 8'],
  ['frame, one row new', 1, undefined],
] as const) {
  const rounds = Array.from({ length: ROUNDS }, () => measureFrames(rows));
  report({
    name: `${name}: CPU`,
    value: median(rounds.map(({ cpuMs }) => cpuMs)),
    unit: 'ms',
    target,
    note: '200x50, ingest and 4 Hz chrome included',
  });
  report({
    name: `${name}: bytes`,
    value: median(rounds.map(({ bytes }) => bytes)),
    unit: 'B',
  });
}

const folder = mkdtempSync(join(tmpdir(), 'netwatch-frame-'));
try {
  const program = join(folder, 'watch.mjs');
  const stub = join(ROOT, 'scripts/setup/empty.cjs');
  await build({
    entryPoints: [join(ROOT, 'test/fixtures/watch-synthetic.ts')],
    outfile: program,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    alias: { 'react-devtools-core': stub },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  const runOnPty = (mode: string, env: Readonly<Record<string, string>>): Record<string, number | number[]> => {
    const argv = [join(import.meta.dirname, 'frame-pty.py'), mode, process.execPath, program];
    const run = spawnSync('python3', argv, { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 60_000 });
    if (run.status !== 0) throw new Error(`frame-pty ${mode}: ${run.stderr}`);
    return JSON.parse(run.stdout);
  };
  const firsts = Array.from({ length: 7 }, () => Number(runOnPty('first', { RATE: '40' }).first) * 1000);
  report({
    name: 'start to first frame',
    value: median(firsts),
    unit: 'ms',
    target: '≤ 250',
    note: 'bundle, median of 7',
  });

  const stats = join(folder, 'stats.json');
  const latencies = runOnPty('keys', { RATE: '10000', STATS_FILE: stats }).latencies;
  if (!Array.isArray(latencies)) throw new Error('frame-pty keys: no latencies');
  const note = 'help opens, 10,000 matching flows/s, 60 keys';
  report({ name: 'key to frame, p50', value: median(latencies) * 1000, unit: 'ms', target: '≤ 16', note });
  report({ name: 'key to frame, p99', value: quantile(latencies, 0.99) * 1000, unit: 'ms', note });
  const busy = JSON.parse(readFileSync(stats, 'utf8'));
  report({
    name: 'CPU at 10,000 flows/s',
    value: busy.cpuPercent,
    unit: '% of a core',
    note: 'making the flows included',
  });

  const { burst } = runOnPty('stall', { RATE: '10000', STATS_FILE: stats });
  const stalled = JSON.parse(readFileSync(stats, 'utf8'));
  report({
    name: 'reader stops for 4 s: longest loop stall',
    value: stalled.longestStallMs,
    unit: 'ms',
    target: '< 100',
  });
  report({
    name: 'reader stops for 4 s: stale bytes after',
    value: Number(burst),
    unit: 'B',
    note: 'pty buffer and one frame',
  });
} finally {
  rmSync(folder, { recursive: true });
}
