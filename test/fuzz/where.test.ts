import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileWhere } from '../../src/flow/where/compile.ts';
import { FIELDS } from '../../src/flow/where/fields.ts';
import { MAX_WHERE_LENGTH, parseWhere } from '../../src/flow/where/parse.ts';
import { printWhere } from '../../src/flow/where/print.ts';
import type { Where } from '../../src/flow/where/where.ts';
import { WhereError } from '../../src/flow/where/where-error.ts';
import { createFlows } from '../fixtures/synthetic-flows.ts';

const makeFlow = createFlows(3);
const flows = Array.from({ length: 40 }, (_, index) => makeFlow(index, 1_772_373_731_000));

const pieces = [
  ...FIELDS.map(({ name }) => name),
  ...[
    'src.',
    'dst.',
    '=',
    '!=',
    '~',
    '!~',
    '<',
    '<=',
    '>',
    '>=',
    '(',
    ')',
    '|',
    '-',
    '!',
    ' ',
    "'",
    '"',
    '\\',
    '*',
    '?',
  ],
  ...['drop', '5xx', '250ms', '10.0.0.0/8', 'fd00::/8', '[a', '(?', 'syn,ack', 'ü', '\u202e', '\0'],
];
const soup = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4, unit: 'binary' })), {
  maxLength: 24,
});

test('random text is a filter or a usage error with a column inside of it', () => {
  fc.assert(
    fc.property(soup, (parts) => {
      const text = parts.join('');
      try {
        const where = parseWhere(text);
        if (where === undefined) return;
        const accepts = compileWhere(where);
        for (const flow of flows) assert.equal(typeof accepts(flow), 'boolean');
        assert.deepEqual(parseWhere(printWhere(where)), where);
      } catch (error) {
        assert.ok(error instanceof WhereError, String(error));
        assert.equal(error.code, 'usage');
        assert.ok(error.column >= 1 && error.column <= text.length + 1, `column ${error.column} of ${text.length}`);
      }
    }),
    { numRuns: 3000 },
  );
});

const word: fc.Arbitrary<Where> = fc
  .string({ minLength: 1, maxLength: 12, unit: 'binary' })
  .map((text) => ({ kind: 'word', text }));
const term: fc.Arbitrary<Where> = fc
  .record({
    field: fc.constantFrom('ns', 'pod', 'svc', 'label'),
    side: fc.constantFrom('src' as const, 'dst' as const, undefined),
    operator: fc.constantFrom('=' as const, '!=' as const),
    value: fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  })
  .map(({ side, ...rest }) => ({ kind: 'term', ...rest, ...(side === undefined ? {} : { side }) }));
const { where: anyWhere } = fc.letrec<{ where: Where }>((tie) => ({
  where: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    term,
    tie('where').map((of) => ({ kind: 'not' as const, of })),
    fc.array(tie('where'), { minLength: 2, maxLength: 3 }).map((of) => ({ kind: 'all' as const, of })),
    fc.array(tie('where'), { minLength: 2, maxLength: 3 }).map((of) => ({ kind: 'any' as const, of })),
  ),
}));

test('any filter survives being printed and read', () => {
  fc.assert(
    fc.property(anyWhere, (where) => {
      const text = printWhere(where);
      fc.pre(text.length <= MAX_WHERE_LENGTH);
      assert.deepEqual(parseWhere(text), where, text);
    }),
    { numRuns: 2000 },
  );
});
