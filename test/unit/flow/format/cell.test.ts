import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cellWidth, fitCell, MAX_CELL_LENGTH, sanitizeCell, wrapCell } from '../../../../src/flow/format/cell.ts';

test('whatever moves the cursor, hides or reorders text becomes a dot', () => {
  assert.equal(sanitizeCell('a\x1b[2Jb'), 'a·[2Jb');
  assert.equal(sanitizeCell('\r\n\t\x7f\x9b'), '·····');
  assert.equal(sanitizeCell('pay\u202emoc.lap\u2069'), 'pay·moc.lap·');
  assert.equal(sanitizeCell('ad\u200bmin\u2060\ufeff'), 'ad·min··');
  assert.equal(sanitizeCell('\ue000\ue001\ud800'), '···');
  assert.equal(sanitizeCell('zürich 東京'), 'zürich 東京');
  assert.equal(sanitizeCell('zürich\n', { ascii: true }), 'z?rich.');
});

test('sanitised text never holds a control, a format character or a lone surrogate, and is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.boolean(), (text, ascii) => {
      const safe = sanitizeCell(text, { ascii });
      assert.ok(safe.length <= MAX_CELL_LENGTH);
      assert.ok(!/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.test(safe));
      if (ascii) assert.match(safe, /^[\x20-\x7e]*$/);
    }),
  );
});

test('a long text is cut before a pair, not inside of it', () => {
  assert.equal(sanitizeCell(`${'x'.repeat(MAX_CELL_LENGTH - 1)}😀`), 'x'.repeat(MAX_CELL_LENGTH - 1));
});

test('a cell is exactly as wide as asked', () => {
  assert.equal(fitCell('cart-7c9fd8b6-x2kqp', 12, { cut: 'middle' }), 'cart-7…x2kqp');
  assert.equal(fitCell('abcdef', 4), 'abc…');
  assert.equal(fitCell('ab', 4, { align: 'right' }), '  ab');
  assert.equal(fitCell('東京タワー', 6), '東京… ');
  assert.equal(fitCell('abc', 0), '');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(40), fc.boolean(), (text, width, middle) => {
      const fitted = fitCell(sanitizeCell(text), width, { cut: middle ? 'middle' : 'end' });
      assert.equal(cellWidth(fitted), width, JSON.stringify(text));
    }),
  );
});

test('wrapped lines fit and lose only spaces', () => {
  assert.deepEqual(wrapCell('the quick brown fox', 10), ['the quick', 'brown fox']);
  assert.deepEqual(wrapCell('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(wrapCell('', 4), ['']);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 2, max: 30 }), (text, width) => {
      const safe = sanitizeCell(text);
      const lines = wrapCell(safe, width);
      for (const line of lines) assert.ok(cellWidth(line) <= width, line);
      assert.equal(lines.join('').replaceAll(' ', ''), safe.replaceAll(' ', ''));
    }),
  );
});
