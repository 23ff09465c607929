import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Compositor, PANE_EDGE, TABLE_HOLE } from '../../../src/tui/compositor.ts';
import { VirtualTerminal } from '../../fixtures/virtual-terminal.ts';

const chromeOf = (holes: number): string =>
  ['head', ...Array.from({ length: holes }, () => TABLE_HOLE), 'foot'].join('\n');

function setUp(rows = 10): { terminal: VirtualTerminal; compositor: Compositor } {
  const terminal = new VirtualTerminal(40, rows + 2);
  const compositor = new Compositor(terminal);
  compositor.write(chromeOf(rows));
  return { terminal, compositor };
}

async function show({ terminal, compositor }: ReturnType<typeof setUp>, lines: string[]): Promise<string[]> {
  compositor.setTable({ top: 1, lines });
  compositor.flush();
  await terminal.settle();
  return terminal.lines();
}

test('rows fill the holes, and nothing is written twice', async () => {
  const stage = setUp(3);
  assert.deepEqual(await show(stage, ['a', 'b', 'c']), ['head', 'a', 'b', 'c', 'foot']);
  stage.terminal.takeTraffic();
  await show(stage, ['a', 'b', 'c']);
  assert.deepEqual(stage.terminal.takeTraffic(), { bytes: 0, writes: 0 });
  assert.deepEqual(await show(stage, ['a', 'x', 'c']), ['head', 'a', 'x', 'c', 'foot']);
  const { bytes, writes } = stage.terminal.takeTraffic();
  assert.equal(writes, 1);
  assert.ok(bytes < 20, `${bytes} bytes for one letter`);
});

test('rows that move up are moved by the terminal', async () => {
  const stage = setUp(10);
  const row = (i: number): string => `row ${i} ${'.'.repeat(25)}`;
  const window = (from: number): string[] => Array.from({ length: 10 }, (_, i) => row(from + i));
  await show(stage, window(0));
  stage.terminal.takeTraffic();
  assert.deepEqual(await show(stage, window(2)), ['head', ...window(2), 'foot']);
  assert.ok(stage.terminal.takeTraffic().bytes < 140);
  assert.deepEqual(await show(stage, window(0)), ['head', ...window(0), 'foot']);
  assert.ok(stage.terminal.takeTraffic().bytes < 140);
});

test('whatever follows whatever, the terminal shows the last frame', async () => {
  const line = fc.constantFrom('', 'a', 'b', 'c', 'dd', 'e e', 'f');
  const frames = fc.array(fc.array(line, { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(frames, async (sequence) => {
      const stage = setUp(8);
      for (const lines of sequence) {
        assert.deepEqual(await show(stage, lines), ['head', ...lines, 'foot']);
      }
    }),
    { numRuns: 150 },
  );
});

test('a pane stands beside the rows', async () => {
  const terminal = new VirtualTerminal(40, 3);
  const compositor = new Compositor(terminal);
  compositor.write(['head', `${TABLE_HOLE}    ${PANE_EDGE}| pane`, 'foot'].join('\n'));
  assert.deepEqual(await show({ terminal, compositor }, ['rowA ']), ['head', 'rowA | pane', 'foot']);
});

test('a terminal that stops reading gets nothing more, and one fresh frame when it goes on', async () => {
  const stage = setUp(3);
  const { terminal } = stage;
  await show(stage, ['1', '1', '1']);
  terminal.stop();
  await show(stage, ['2', '2', '2']);
  terminal.takeTraffic();
  for (let i = 3; i < 50; i++) await show(stage, [`${i}`, `${i}`, `${i}`]);
  assert.deepEqual(terminal.takeTraffic(), { bytes: 0, writes: 0 });
  terminal.resume();
  await terminal.settle();
  assert.equal(terminal.takeTraffic().writes, 1);
  assert.deepEqual(terminal.lines(), ['head', '49', '49', '49', 'foot']);
});

test('the real cursor is shown where it belongs and hidden again', async () => {
  const stage = setUp(3);
  await show(stage, ['a', 'b', 'c']);
  stage.compositor.setCursor({ column: 2, line: 1 });
  await show(stage, ['a', 'b', 'x']);
  assert.deepEqual(stage.terminal.cursor, { column: 2, line: 1 });
});

test('only a reset erases the screen', async () => {
  const terminal = new VirtualTerminal(40, 5);
  const written: string[] = [];
  const spy = {
    columns: 40,
    rows: 5,
    write: (text: string, taken?: () => void): boolean => {
      written.push(text);
      return terminal.write(text, taken);
    },
  };
  const compositor = new Compositor(spy);
  compositor.write(chromeOf(3));
  for (const letter of 'abc') {
    compositor.setTable({ top: 1, lines: [letter, letter, letter] });
    compositor.flush();
  }
  assert.deepEqual(
    written.map((text) => text.includes('\x1b[2J')),
    [true, false, false],
  );
  compositor.reset();
  compositor.flush();
  assert.ok(written.at(-1)?.includes('\x1b[2J'));
});
