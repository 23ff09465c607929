import { cellWidth, fitCell, sanitizeCell } from '../flow/format/cell.ts';
import type { Chrome } from './components/app.tsx';
import { MIN_COLUMNS, MIN_ROWS } from './layout.ts';
import type { Totals } from './store.ts';
import type { Theme } from './theme.ts';

/** A list without rows: what is going on and what to do, in the middle of `height` lines of `width` columns. */
export function emptyLines(texts: readonly string[], width: number, height: number, theme: Theme): string[] {
  const lines = Array.from({ length: Math.max(0, (height >> 1) - 1) }, () => '');
  for (const text of texts) {
    const safe = sanitizeCell(text, theme);
    const centred = ' '.repeat(Math.max(1, (width - cellWidth(safe)) >> 1)) + safe;
    lines.push(
      theme.paint('dim', fitCell(centred, Math.min(width, cellWidth(centred)), { ellipsis: theme.glyphs.ellipsis })),
    );
  }
  return lines.slice(0, height);
}

/** The screen of a terminal that is too small for the list: what to do, and the counts that matter. */
export function tooSmallChrome(columns: number, rows: number, { seen, faults, lost }: Totals): Chrome {
  const lostEvents = Array.from(lost.values()).reduce((sum, count) => sum + count, 0);
  return {
    columns,
    header: fitCell(' netwatch: enlarge the terminal', columns),
    filter: fitCell(` to at least ${MIN_COLUMNS}x${MIN_ROWS}; q quits`, columns),
    heads: fitCell(` seen ${seen} faults ${faults} lost ${lostEvents}`, columns),
    popup: [],
    bodyHeight: Math.max(0, rows - 4),
    pane: { lines: [], at: 0 },
    overlay: [],
    footer: '',
  };
}
