import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const SOURCES = join(import.meta.dirname, '../../src');
/** A hint written out where it is thrown. */
const HINT = /hint: (['"`])(.+?)\1/g;

test('every hint is a sentence: a capital or a name first, a full stop or a question mark last', () => {
  const hints = globSync('**/*.{ts,tsx}', { cwd: SOURCES }).flatMap((file) =>
    Array.from(readFileSync(join(SOURCES, file), 'utf8').matchAll(HINT), ([, , text = '']) => `${file}: ${text}`),
  );
  assert.ok(hints.length > 30, `only ${hints.length} hints found`);
  assert.deepEqual(
    hints.filter((hint) => !/^\S+: ([A-Z]|\$\{)/.test(hint) || !/([.?]|\$\{[^}]*\})$/.test(hint)),
    [],
  );
});
