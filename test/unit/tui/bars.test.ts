import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidth } from '../../../src/flow/format/cell.ts';
import { footerLine, type HeaderFacts, headerLine } from '../../../src/tui/bars.ts';
import { createTheme } from '../../../src/tui/theme.ts';

const theme = createTheme({ LANG: 'C.UTF-8', NO_COLOR: '1' });
const stripSgr = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '');
const facts: HeaderFacts = {
  title: 'a cluster with a long name',
  state: 'live',
  pause: { forMs: 75_000, newMatched: 48_213, newFaults: 31 },
  flowsPerSecond: 9812,
  matchedPerSecond: 214,
  totals: {
    seen: 1_204_310,
    faults: 99,
    lost: new Map([
      [1, 410],
      [3, 7],
    ]),
  },
  matched: 1204,
  connectedNodes: 11,
  missingNodes: 1,
};

test('the header says everything where there is room', () => {
  assert.equal(
    stripSgr(headerLine(facts, 220, theme)),
    ' netwatch  a cluster with a long name  ‖ PAUSED 1m15s +48 213 new, 31 faults  nodes 11/12!  flows 9.8k/s' +
      '  match 214/s  matched 1 204  seen 1 204 310  !lost 417 (kernel buffer 410, relay history 7)  faults 99',
  );
});

test('at any width the header fits, and from 39 columns on says the state and what was lost', () => {
  for (let width = 10; width <= 220; width++) {
    for (const pause of [facts.pause, undefined]) {
      const line = stripSgr(headerLine({ ...facts, pause }, width, theme));
      assert.ok(cellWidth(line) <= width, `${width}: ${line}`);
      if (width < 39) continue;
      assert.match(line, pause === undefined ? /LIVE/ : /PAUSED/);
      assert.match(line, /!lost 417/, `${width}: ${line}`);
    }
  }
});

test('the footer fits, says first what is wrong, and always how to leave', () => {
  const missing = [
    { name: 'node-7', message: 'connection refused' },
    { name: 'node-8', message: '' },
  ];
  for (let width = 39; width <= 220; width++) {
    const hints = stripSgr(
      footerLine(width, theme, { paused: false, message: undefined, failure: undefined, missing: [] }),
    );
    assert.ok(cellWidth(hints) <= width);
    assert.match(hints, /q quit/);
    const banner = stripSgr(
      footerLine(width, theme, { paused: false, message: undefined, failure: undefined, missing }),
    );
    assert.ok(cellWidth(banner) <= width, banner);
    assert.match(banner, /no flows from node-7/);
  }
});

test('a hostile node name or message stays text', () => {
  const missing = [{ name: '\x1b]0;x\x07', message: '\u202e' }];
  const line = stripSgr(footerLine(100, theme, { paused: false, message: undefined, failure: undefined, missing }));
  assert.doesNotMatch(line, /[\x00-\x1f\u202e]/);
});
