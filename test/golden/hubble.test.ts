/**
 * What `hubble observe --input-file` of Hubble's own command line prints for 400 flows, byte for byte, for 110 sets of
 * flags. The outputs are kept as hashes. With NETWATCH_GOLDEN naming a folder that holds them in full (cases.json,
 * NNN.out), a mismatch shows its first line that differs, and UPDATE_GOLDEN=1 takes the hashes from there.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runCaptured } from '../unit/cli/run-captured.ts';

interface GoldenCase {
  readonly case: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly lines: number;
  readonly sha256: string;
}

const folder = join(import.meta.dirname, 'hubble');
const full = process.env.NETWATCH_GOLDEN;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

if (full !== undefined && process.env.UPDATE_GOLDEN === '1') {
  const known: GoldenCase[] = JSON.parse(readFileSync(join(full, 'cases.json'), 'utf8'));
  const hashed = known.map(({ case: name, args, exit, lines }) => {
    return JSON.stringify({ case: name, args, exit, lines, sha256: sha256(readFileSync(join(full, `${name}.out`))) });
  });
  writeFileSync(join(folder, 'cases.json'), `[\n${hashed.join(',\n')}\n]\n`);
  writeFileSync(join(folder, 'flows.jsonl.gz'), gzipSync(readFileSync(join(full, 'flows.jsonl')), { level: 9 }));
}

const cases: readonly GoldenCase[] = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
const flows = gunzipSync(readFileSync(join(folder, 'flows.jsonl.gz')));

function firstDifference(name: string, printed: string): string {
  if (full === undefined) return `set NETWATCH_GOLDEN to see where ${name} differs`;
  const wanted = readFileSync(join(full, `${name}.out`), 'utf8').split('\n');
  const got = printed.split('\n');
  const at = got.findIndex((line, i) => line !== wanted[i]);
  return `line ${at + 1}\n got  ${JSON.stringify(got[at])}\n want ${JSON.stringify(wanted[at])}`;
}

assert.equal(cases.length, 110);
for (const { case: name, args, exit, lines, sha256: wanted } of cases) {
  test(`${name} observe ${args.join(' ')}`, async () => {
    const { status, stdout, stderr } = await runCaptured(['observe', '--input-file', '-', ...args], { stdin: flows });
    assert.equal(status, exit, stderr);
    assert.equal(stdout.split('\n').length - 1, lines, firstDifference(name, stdout));
    assert.equal(sha256(stdout), wanted, firstDifference(name, stdout));
    assert.equal(stderr === '', exit === 0, stderr);
    assert.ok(stderr.split('\n').length <= 3, stderr);
  });
}
