import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of the command line took. */
export interface Usage {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly maxRssMb: number;
  readonly outputBytes: number;
}

/** One line of a benchmark's output, as scripts/bench.mjs reads it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
  readonly note?: string;
}

export const ROOT = join(import.meta.dirname, '..');

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export function report({ value, ...rest }: Figure): void {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  process.stdout.write(`${JSON.stringify({ ...rest, value: Number(value.toFixed(digits)) })}\n`);
}

/** Runs the bundled command line once, its output drained through a pipe. CPU time is the process's own, start included. */
export async function measureRun(args: readonly string[]): Promise<Usage> {
  const folder = mkdtempSync(join(tmpdir(), 'netwatch-bench-'));
  const usageFile = join(folder, 'usage.json');
  const argv = ['--disable-warning=ExperimentalWarning', '--import', join(ROOT, 'bench/usage-probe.mjs')];
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...argv, join(ROOT, 'dist/netwatch.js'), ...args], {
    // The compile cache is the one that bin/netwatch uses.
    env: { ...process.env, NETWATCH_USAGE: usageFile, NODE_COMPILE_CACHE: join(ROOT, 'dist/cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let outputBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const wallMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`netwatch ${args.join(' ')} ended with ${status}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Pick<Usage, 'cpuMs' | 'maxRssMb'>;
  rmSync(folder, { recursive: true });
  return { ...usage, wallMs, outputBytes };
}

/** Medians over several runs, the first not counted. */
export async function measureRuns(args: readonly string[], runs: number): Promise<Usage> {
  const all: Usage[] = [];
  for (let i = 0; i <= runs; i++) all.push(await measureRun(args));
  const counted = all.slice(1);
  const of = (key: keyof Usage) => median(counted.map((usage) => usage[key]));
  return { cpuMs: of('cpuMs'), wallMs: of('wallMs'), maxRssMb: of('maxRssMb'), outputBytes: of('outputBytes') };
}
