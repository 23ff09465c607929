import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateLayout } from '../../../scripts/gen-layout.ts';

const root = join(import.meta.dirname, '../../..');
const object = join(root, 'build/flow.bpf.o');

test('the layout is what the compiled object says', {
  skip: existsSync(object) ? false : 'no build/flow.bpf.o',
}, () => {
  assert.equal(readFileSync(join(root, 'src/capture/layout.gen.ts'), 'utf8'), generateLayout(readFileSync(object)));
});
