import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidth } from '../../../src/flow/format/cell.ts';
import { indentOf, planColumns } from '../../../src/tui/column-plan.ts';
import { paintRow } from '../../../src/tui/row-painter.ts';
import { createTheme } from '../../../src/tui/theme.ts';
import { createFlows } from '../../fixtures/synthetic-flows.ts';

const plain = createTheme({ LANG: 'C.UTF-8', NO_COLOR: '1' });
const stripSgr = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '');

test('from 39 to 250 columns, every plan uses its width exactly and no column is starved', () => {
  for (let width = 39; width <= 250; width++) {
    const plan = planColumns(width);
    for (const [line, columns] of plan.lines.entries()) {
      const taken = columns.reduce((sum, column) => sum + column.width, 0) + columns.length - 1 + indentOf(line);
      assert.equal(taken, width, `${width} columns, line ${line}`);
      for (const { name, width: columnWidth } of columns) {
        const least = name === 'source' || name === 'destination' ? 7 : name === 'info' ? 14 : 1;
        assert.ok(columnWidth >= least, `${name} has ${columnWidth} of ${width}`);
      }
    }
  }
});

test('rows never exceed their plan, and padded ones fill it', () => {
  const makeFlow = createFlows(11);
  for (const width of [39, 59, 79, 99, 119, 159, 199, 249]) {
    for (let index = 0; index < 60; index++) {
      const flow = makeFlow(index, 1_772_373_731_000);
      for (const line of paintRow({ flow }, planColumns(width), plain, undefined)) {
        assert.ok(cellWidth(stripSgr(line)) <= width, line);
      }
      for (const marked of ['source', undefined] as const) {
        for (const line of paintRow({ flow }, planColumns(width, true), plain, marked)) {
          assert.equal(cellWidth(stripSgr(line)), width, line);
        }
      }
    }
  }
});

test('hostile names cannot leave their cell', () => {
  const evil = '\x1b[2J\u202eevil\n\ue000\u200b';
  const flow = {
    source: { podName: evil, namespace: evil },
    destination: { podName: evil },
    nodeName: evil,
    l7: { http: { method: evil, url: evil, code: 200 } },
  };
  for (const line of paintRow({ flow }, planColumns(200, true), plain, 'info')) {
    assert.ok(!/[\u0000-\u001a\u001c-\u001f\u007f-\u009f\u202e\u200b\ue000]/.test(line));
    assert.equal(line.match(/\x1b(?!\[[\d;]*m)/), null);
    assert.equal(cellWidth(stripSgr(line)), 200);
  }
});
