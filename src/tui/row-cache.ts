import type { FlowEvent } from '../flow/source.ts';
import type { ColumnName, ColumnPlan } from './column-plan.ts';
import { paintRow } from './row-painter.ts';
import type { Theme } from './theme.ts';

const MAX_ROWS = 1024;

/** Finished rows by event number, so that a row that only moved is not formatted again. At most 1,024 rows. */
export class RowCache {
  readonly #theme: Theme;
  readonly #rows = new Map<number, { readonly event: FlowEvent; readonly lines: readonly string[] }>();
  #plan: ColumnPlan | undefined;

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  /** The lines of a row; `cell` is the marked cell of the selected row, which is not cached. */
  lines(seq: number, event: FlowEvent, plan: ColumnPlan, cell: ColumnName | undefined): readonly string[] {
    if (cell !== undefined) return paintRow(event, plan, this.#theme, cell);
    if (plan !== this.#plan || this.#rows.size >= MAX_ROWS) {
      this.#rows.clear();
      this.#plan = plan;
    }
    const cached = this.#rows.get(seq);
    if (cached?.event === event) return cached.lines;
    const lines = paintRow(event, plan, this.#theme, undefined);
    this.#rows.set(seq, { event, lines });
    return lines;
  }
}
