import { cellWidth, fitCell, sanitizeCell } from '../flow/format/cell.ts';
import { compileWhere } from '../flow/where/compile.ts';
import { parseWhere } from '../flow/where/parse.ts';
import { WhereError } from '../flow/where/where-error.ts';
import { Completion, type Proposals } from './completion.ts';
import type { EventRange } from './event-log.ts';
import type { Command } from './keys.ts';
import { type EditedLine, editLine, eraseRange, insertText } from './line-editor.ts';
import { MatchCount } from './match-count.ts';
import type { Predicate } from './match-list.ts';
import { formatCount } from './quantity.ts';
import type { Theme } from './theme.ts';

/** The closure of a filter text; undefined for an empty one. Throws `WhereError`. */
export function compileFilter(text: string): Predicate | undefined {
  const where = parseWhere(text);
  return where === undefined ? undefined : compileWhere(where);
}

/** A filter being typed: its line, what could come next, how much it would show, or what is wrong with it. */
export class FilterEntry {
  readonly #range: EventRange;
  readonly #completion: Completion;
  readonly #earlier: readonly string[];
  #line: EditedLine;
  #proposals: Proposals = { from: 0, list: [] };
  #marked = -1;
  #recalled = -1;
  #draft = '';
  #preview: MatchCount | undefined;
  #error: WhereError | undefined;

  /** Starts from `text`; `earlier` filters come back with the up key, newest first. */
  constructor(text: string, earlier: readonly string[], range: EventRange) {
    this.#range = range;
    this.#completion = new Completion(range);
    this.#earlier = earlier;
    this.#line = { text, at: text.length };
    this.#update();
  }

  get text(): string {
    return this.#line.text.trim();
  }

  get error(): WhereError | undefined {
    return this.#error;
  }

  /** Counting the preview goes on for one slice; returns whether there is more to count. */
  scan(now: () => number, deadline: number): boolean {
    this.#preview?.scan(now, deadline);
    return this.#preview !== undefined && !this.#preview.done;
  }

  insert(text: string): void {
    this.#line = insertText(this.#line, text);
    this.#update();
  }

  /** Does what an editing key says. */
  run(command: Command): void {
    if (command === 'accept') this.#accept();
    else if (command === 'proposalDown') this.#down();
    else if (command === 'proposalUp') this.#up();
    else this.#edit(editLine(this.#line, command) ?? this.#line);
  }

  /** The bar itself, scrolled so that the cursor is in it, and the cursor's column. */
  bar(width: number, theme: Theme): { readonly line: string; readonly cursor: number } {
    const prefix = ' / ';
    const room = Math.max(4, width - prefix.length - 1);
    const safe = sanitizeCell(this.#line.text, theme);
    const before = cellWidth(sanitizeCell(this.#line.text.slice(0, this.#line.at), theme));
    const skipped = Math.max(0, before - room);
    const shown = skipped === 0 ? safe : safe.slice(skipped);
    const line = theme.paint('strong', prefix) + fitCell(shown, Math.min(room, cellWidth(shown)));
    return { line, cursor: prefix.length + before - skipped };
  }

  /** What helps typing: proposals, then the preview or the error. */
  popup(width: number, theme: Theme): string[] {
    const { list } = this.#proposals;
    const labelWidth = Math.min(48, Math.max(12, ...list.map(({ label }) => cellWidth(label) + 2)), width - 20);
    const lines = list.map(({ label, note }, index) => {
      const marked = index === this.#marked;
      const left = fitCell(sanitizeCell(label, theme), labelWidth, { cut: 'middle', ellipsis: theme.glyphs.ellipsis });
      const right = fitCell(note, Math.max(0, width - labelWidth - 6), { ellipsis: theme.glyphs.ellipsis });
      const text = ` ${marked ? theme.glyphs.marker : ' '} ${left} ${right}`;
      return marked ? theme.paint('selected', text) : text;
    });
    return [
      ...lines,
      fitStatus(this.#status(theme), width, theme),
      theme.paint('dim', theme.glyphs.line.repeat(width)),
    ];
  }

  #status(theme: Theme): { readonly text: string; readonly bad: boolean } {
    if (this.#error !== undefined) {
      const { column, problem, hint } = this.#error;
      return { text: `${theme.glyphs.dropped} column ${column}: ${problem}${hint ? `. ${hint}` : ''}`, bad: true };
    }
    const keys = 'Enter applies, Tab completes, Esc cancels';
    if (this.#preview === undefined) return { text: `no filter: everything is shown. ${keys}`, bad: false };
    const { matched, flows, done } = this.#preview;
    return { text: `matches ${formatCount(matched)} of ${formatCount(flows)}${done ? '' : '…'}. ${keys}`, bad: false };
  }

  #edit(line: EditedLine): void {
    this.#recalled = -1;
    this.#line = line;
    this.#update();
  }

  #update(): void {
    const { text, at } = this.#line;
    this.#proposals = this.#completion.propose(text, at);
    this.#marked = -1;
    this.#error = undefined;
    this.#preview = undefined;
    try {
      const predicate = compileFilter(text);
      if (predicate !== undefined) this.#preview = new MatchCount(this.#range, predicate);
    } catch (error) {
      if (!(error instanceof WhereError)) throw error;
      this.#error = error;
    }
  }

  #accept(): void {
    const proposal = this.#proposals.list[Math.max(0, this.#marked)];
    if (proposal === undefined) return;
    const { from } = this.#proposals;
    this.#edit(insertText(eraseRange(this.#line, from, this.#line.at), proposal.insert));
  }

  #down(): void {
    if (this.#recalled >= 0) this.#recall(this.#recalled - 1);
    else this.#marked = Math.min(this.#marked + 1, this.#proposals.list.length - 1);
  }

  #up(): void {
    if (this.#marked >= 0) this.#marked--;
    else this.#recall(this.#recalled + 1);
  }

  /** Puts an earlier filter into the line; -1 is what was typed before the first one. */
  #recall(index: number): void {
    if (index >= this.#earlier.length) return;
    if (this.#recalled < 0) this.#draft = this.#line.text;
    const text = this.#earlier[index] ?? this.#draft;
    this.#edit({ text, at: text.length });
    this.#recalled = index;
  }
}

function fitStatus({ text, bad }: { text: string; bad: boolean }, width: number, theme: Theme): string {
  return theme.paint(
    bad ? 'bad' : 'dim',
    fitCell(` ${sanitizeCell(text, theme)}`, width, { ellipsis: theme.glyphs.ellipsis }),
  );
}
