import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCursor } from '../../../src/record/lines.ts';

const MAX = 8;

/** Lines as the cursor finds them; nothing for one that is too long. */
function readLines(chunks: readonly string[]): (string | undefined)[] {
  const cursor = new LineCursor(MAX);
  const found: (string | undefined)[] = [];
  const add = (): void => {
    const { bytes, start, end, number, tooLong } = cursor;
    assert.equal(number, found.length + 1);
    found.push(tooLong ? undefined : bytes.toString('latin1', start, end));
  };
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    cursor.push(bytes);
    while (cursor.next()) add();
    // A chunk is only lent: what is kept of it must be a copy.
    bytes.fill(0);
  }
  if (cursor.finish()) add();
  return found;
}

test('lines are the same however the bytes are cut into chunks', () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
      const lines = chunks.join('').split('\n');
      if (lines.at(-1) === '') lines.pop();
      const wanted = lines.map((line) => (line.length > MAX ? undefined : line.replace(/\r$/, '')));
      assert.deepEqual(readLines(chunks), wanted);
    }),
    { numRuns: 500 },
  );
});
