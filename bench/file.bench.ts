/** A recording of many flows printed as lines: whole processes, start-up and JIT included. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { measureRuns, ROOT, report } from './measure.ts';

const FLOWS = 100_000;
const CASES = [
  { name: 'file to compact', args: ['-o', 'compact'], target: '≤ 4.6 µs/flow' },
  { name: 'file to json', args: ['-o', 'json'], target: '–' },
  {
    name: 'file, selective filter',
    args: ['--from-pod', 'shop/front', '--verdict', 'DROPPED'],
    target: '≤ 1.8 µs/flow',
  },
];

const sample = gunzipSync(readFileSync(join(ROOT, 'test/golden/hubble/flows.jsonl.gz'))).toString();
const lines = sample.trimEnd().split('\n').length;
const folder = mkdtempSync(join(tmpdir(), 'netwatch-bench-'));
const file = join(folder, 'flows.jsonl');
try {
  writeFileSync(file, sample.repeat(Math.ceil(FLOWS / lines)));
  const flows = Math.ceil(FLOWS / lines) * lines;
  for (const { name, args, target } of CASES) {
    const { cpuMs, maxRssMb } = await measureRuns(['observe', '--input-file', file, ...args], 3);
    const note = `${flows} flows, CPU of the process, median of 3`;
    report({ name, value: (cpuMs * 1000) / flows, unit: 'µs/flow', target, note });
    report({ name: `${name}, memory`, value: maxRssMb, unit: 'MB peak', target: '≤ 60 MB' });
  }
} finally {
  rmSync(folder, { recursive: true });
}
