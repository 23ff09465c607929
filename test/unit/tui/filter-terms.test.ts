import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWhere } from '../../../src/flow/where/compile.ts';
import { parseWhere } from '../../../src/flow/where/parse.ts';
import { MARKABLE, termForCell } from '../../../src/tui/cell-term.ts';
import { FilterHistory } from '../../../src/tui/filter-history.ts';
import { addTerm, cycleVerdict, toggleTerm } from '../../../src/tui/filter-terms.ts';
import { createFlows } from '../../fixtures/synthetic-flows.ts';

test('the verdict cycles and leaves the rest of the filter alone', () => {
  const steps = ['ns=shop'];
  for (let i = 0; i < 4; i++) steps.push(cycleVerdict(steps.at(-1) ?? ''));
  assert.deepEqual(steps, [
    'ns=shop',
    'ns=shop verdict=dropped',
    'ns=shop verdict=error',
    'ns=shop verdict=forwarded',
    'ns=shop',
  ]);
  assert.equal(cycleVerdict('a | b'), '(a | b) verdict=dropped');
});

test('a term is added once and toggled', () => {
  assert.equal(addTerm('a | b', '-port=53'), '(a | b) -port=53');
  assert.equal(addTerm('x -port=53', '-port=53'), 'x -port=53');
  assert.equal(toggleTerm('', 'fault=yes'), 'fault=yes');
  assert.equal(toggleTerm('ns=a fault=yes', 'fault=yes'), 'ns=a');
});

test('the term of any cell of any flow is a filter that this flow passes', () => {
  const makeFlow = createFlows(5);
  for (let index = 0; index < 400; index++) {
    const flow = makeFlow(index, 1_772_373_731_000);
    for (const column of MARKABLE) {
      const where = parseWhere(termForCell(flow, column));
      if (where !== undefined) assert.ok(compileWhere(where)(flow), `${column} of ${JSON.stringify(flow)}`);
    }
  }
});

test('undo and redo walk through the filters; typed ones are remembered once', () => {
  const history = new FilterHistory();
  for (const text of ['a', 'b', 'b', 'c']) history.apply(text);
  assert.equal(history.undo(), true);
  assert.equal(history.current, 'b');
  assert.equal(history.undo(), true);
  assert.equal(history.undo(), true);
  assert.equal(history.current, '');
  assert.equal(history.undo(), false);
  assert.equal(history.redo(), true);
  assert.equal(history.current, 'a');
  history.apply('z');
  assert.equal(history.redo(), false);
  for (const text of ['x', 'y', 'x']) history.remember(text);
  assert.deepEqual(history.typed, ['x', 'y']);
});
