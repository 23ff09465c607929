/** The help of the program and of each verb, as plain text. UPDATE_GOLDEN=1 rewrites the files. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/run.ts';
import { runCaptured } from '../unit/cli/run-captured.ts';

for (const [name, argv] of [
  ['netwatch', []],
  ...COMMANDS.map((entry) => [entry.name, [entry.name]] as const),
] as const) {
  test(`${name} --help`, async () => {
    const file = join(import.meta.dirname, 'help', `${name}.txt`);
    const { stdout, stderr, status } = await runCaptured([...argv, '--help']);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, stdout);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.equal(stdout, readFileSync(file, 'utf8'));
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      'a line is longer than 80 columns',
    );
  });
}
