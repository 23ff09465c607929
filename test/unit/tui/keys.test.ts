import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS, commandFor, showKey } from '../../../src/tui/keys.ts';

test('no key means two things in one context', () => {
  const bindings = COMMANDS.flatMap(({ context, keys }) => keys.map((key) => `${context} ${key}`));
  assert.deepEqual(
    bindings.filter((binding, index) => bindings.indexOf(binding) !== index),
    [],
  );
});

test('keys find their commands and have a name people read', () => {
  assert.equal(commandFor('list', 'ctrl-d'), 'halfDown');
  assert.equal(commandFor('filter', 'ctrl-d'), 'eraseForward');
  assert.equal(commandFor('list', 'z'), undefined);
  assert.deepEqual(['ctrl-d', 'alt-b', 'pgup', 'G', 'ctrl-left'].map(showKey), [
    '^D',
    'Alt-b',
    'PgUp',
    'G',
    'Ctrl-Left',
  ]);
});

test('docs/keys.md says what the table says', () => {
  const script = join(import.meta.dirname, '../../../scripts/gen-keys.ts');
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, '--check'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
});
