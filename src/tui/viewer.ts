import { fitCell, sanitizeCell } from '../flow/format/cell.ts';
import type { FlowEvent } from '../flow/source.ts';
import { WhereError } from '../flow/where/where-error.ts';
import { footerLine, headerLine } from './bars.ts';
import { emptyLines, tooSmallChrome } from './body-lines.ts';
import { MARKABLE, termForCell } from './cell-term.ts';
import type { Chrome } from './components/app.tsx';
import type { CursorPosition, Table } from './compositor.ts';
import { DetailPane } from './detail-pane.ts';
import { compileFilter, FilterEntry } from './filter-bar.ts';
import { FilterHistory } from './filter-history.ts';
import { addTerm, cycleVerdict, toggleTerm } from './filter-terms.ts';
import { HelpOverlay } from './help.ts';
import type { InputEvent } from './key-decoder.ts';
import { type Command, commandFor } from './keys.ts';
import { columnTitles, isTooSmall, type Layout, layOut } from './layout.ts';
import { ListView } from './list-view.ts';
import { RowCache } from './row-cache.ts';
import { SCAN_SLICE_MS, Store } from './store.ts';
import type { Theme } from './theme.ts';

/** What a key asks of whoever owns the terminal. */
export type Effect = 'quit' | 'suspend' | 'repaint' | undefined;

/** What the viewer needs to know from outside. */
export interface ViewerOptions {
  readonly title: string;
  /** What to try while nothing arrives. */
  readonly hint?: string;
  readonly theme: Theme;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

const MESSAGE_MS = 5000;
const EFFECTS: Partial<Record<Command, Effect>> = { quit: 'quit', suspend: 'suspend', repaint: 'repaint' };

/**
 * The state of the screen and what keys do to it: events and keys go in, chrome and table lines come out. Knows neither
 * the terminal nor React, nor time beyond the clock it is given.
 */
export class Viewer {
  readonly store: Store;
  readonly #view: ListView;
  readonly #options: ViewerOptions;
  readonly #history = new FilterHistory();
  readonly #rows: RowCache;
  readonly #detail = new DetailPane();
  readonly #help = new HelpOverlay();
  readonly #commands: Partial<Record<Command, () => void>>;
  #layout: Layout = layOut(80, 24, false);
  #entry: FilterEntry | undefined;
  #cell = 1;
  #message: { readonly text: string; readonly until: number } | undefined;
  #ended: { readonly error?: string } | undefined;
  /** The rate on screen: until it says 0, there is something to paint. */
  #shownRate = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.store = new Store(options.now);
    const view = new ListView(this.store, options.now);
    this.#view = view;
    this.#rows = new RowCache(options.theme);
    this.#commands = {
      detail: () => this.#openDetail(),
      focus: () => this.#detail.toggleFocus(),
      help: () => this.#help.open(),
      filter: () => this.#type(),
      escape: () => this.#escape(),
      pause: () => (view.paused ? view.follow(this.#detail.isOpen) : view.freeze()),
      follow: () => view.follow(this.#detail.isOpen),
      down: () => this.#move(() => view.move(1)),
      up: () => this.#move(() => view.move(-1)),
      halfDown: () => this.#move(() => view.page(0.5)),
      halfUp: () => this.#move(() => view.page(-0.5)),
      pageDown: () => this.#move(() => view.page(1)),
      pageUp: () => this.#move(() => view.page(-1)),
      oldest: () => this.#move(() => view.toOldest()),
      nextFault: () => this.#move(() => this.#toFault(1)),
      previousFault: () => this.#move(() => this.#toFault(-1)),
      left: () => this.#moveCell(-1),
      right: () => this.#moveCell(1),
      keep: () => this.#filterByCell(''),
      exclude: () => this.#filterByCell('-'),
      faultsOnly: () => this.#changeFilter((text) => toggleTerm(text, 'fault=yes')),
      verdict: () => this.#changeFilter(cycleVerdict),
      undo: () => this.#travel(this.#history.undo(), 'there is no change of the filter to undo'),
      redo: () => this.#travel(this.#history.redo(), 'there is no change of the filter to redo'),
    };
  }

  /** Adapts to a terminal of this size, in usable columns. */
  resize(columns: number, rows: number): void {
    this.#layout = layOut(columns, rows, this.#detail.isOpen);
    this.#view.setHeight(this.#layout.listRows);
  }

  /** The source has no more events; with a reason if it failed. */
  end(error?: string): void {
    this.#ended = { error };
  }

  /** Whether what is on screen changes by itself: rates fall, the pause grows, a message goes away. */
  get ticking(): boolean {
    return this.#shownRate > 0 || this.#view.paused || this.#message !== undefined;
  }

  /** Goes on with scans for a filter; returns whether there is more to do. */
  scan(): boolean {
    const { now } = this.#options;
    const more = this.#view.scan();
    return (this.#entry?.scan(now, now() + SCAN_SLICE_MS) ?? false) || more;
  }

  /** Does what a key says; all but `Effect` happens in here. */
  handle(event: InputEvent): Effect {
    if (event.kind === 'paste') this.#entry?.insert(event.text);
    if (event.kind !== 'key') return undefined;
    this.#message = undefined;
    const listCommand = commandFor('list', event.name);
    const effect =
      this.#entry === undefined || event.name.startsWith('ctrl-') ? listCommand && EFFECTS[listCommand] : undefined;
    if (effect !== undefined) return effect;
    if (this.#entry !== undefined) this.#typeKey(this.#entry, event.name, event.text);
    else if (listCommand === 'back' && !this.#help.isOpen && !this.#detail.isOpen) return 'quit';
    else if (listCommand !== undefined) this.run(listCommand);
    return undefined;
  }

  /** Does what a key of the list says. */
  run(command: Command): void {
    if (this.#help.isOpen && this.#help.run(command)) return;
    const detailOnly = this.#detail.focused || this.#layout.pane?.at === 0;
    if (this.#detail.isOpen && detailOnly && this.#detail.scroll(command, this.#layout.bodyHeight)) return;
    this.#commands[command === 'back' ? 'escape' : command]?.();
  }

  /** The list's lines and where they go. */
  table(): Table {
    const { bodyTop, bodyHeight, plan, pane } = this.#layout;
    if (isTooSmall(this.#layout) || pane?.at === 0) return { top: bodyTop, lines: [] };
    const rows = this.#view.rows();
    const marked = this.#view.paused || this.#detail.isOpen ? this.#view.cursor : -1;
    const cell = MARKABLE[this.#cell];
    const lines = rows.flatMap(({ seq, event }) =>
      this.#rows.lines(seq, event, plan, seq === marked ? cell : undefined),
    );
    if (rows.length === 0) lines.push(...this.#emptyLines(plan.width, bodyHeight));
    if (pane !== undefined) while (lines.length < bodyHeight) lines.push(' '.repeat(plan.width));
    return { top: bodyTop, lines };
  }

  /** Everything but the list's rows. */
  chrome(): Chrome {
    const { theme } = this.#options;
    const { columns, rows, bodyHeight, pane } = this.#layout;
    if (isTooSmall(this.#layout)) return tooSmallChrome(columns, rows, this.store.totals);
    const popup = this.#entry?.popup(columns, theme).slice(-bodyHeight) ?? [];
    const edge = pane?.at === 0 ? ' ' : `${theme.glyphs.bar} `;
    return {
      columns,
      header: this.#header(columns),
      filter: this.#entry?.bar(columns, theme).line ?? this.#filterLine(columns),
      heads: this.#heads(),
      popup,
      bodyHeight,
      pane: pane && { at: pane.at, lines: this.#detail.lines(pane.width, bodyHeight, edge, theme) },
      overlay: this.#help.lines(columns, bodyHeight - popup.length, theme),
      footer: this.#footer(columns),
    };
  }

  /** Where the terminal's own cursor belongs, while a filter is typed. */
  cursor(): CursorPosition | undefined {
    if (this.#entry === undefined || isTooSmall(this.#layout)) return undefined;
    const { columns } = this.#layout;
    return { column: Math.min(this.#entry.bar(columns, this.#options.theme).cursor, columns - 1), line: 1 };
  }

  #type(): void {
    const { current } = this.#history;
    this.#entry = new FilterEntry(current && `${current} `, this.#history.typed, this.#view.range);
  }

  #typeKey(entry: FilterEntry, name: string, text: string): void {
    const command = commandFor('filter', name);
    if (command === 'cancel') this.#entry = undefined;
    else if (command === 'apply') {
      if (entry.error !== undefined) return;
      this.#entry = undefined;
      this.#history.remember(entry.text);
      this.#applyFilter(entry.text);
    } else if (command !== undefined) entry.run(command);
    else if (text !== '') entry.insert(text);
  }

  #escape(): void {
    if (this.#detail.isOpen) {
      this.#detail.close();
      this.resize(this.#layout.columns, this.#layout.rows);
    } else if (this.#history.current !== '') this.#applyFilter('');
  }

  #move(move: () => void): void {
    move();
    if (this.#detail.isOpen) this.#showDetail(this.#view.selected);
  }

  #toFault(direction: 1 | -1): void {
    if (!this.#view.toFault(direction)) this.#say(`there is no ${direction > 0 ? 'newer' : 'older'} fault in the list`);
  }

  #openDetail(): void {
    if (this.#view.selected === undefined) this.#view.selectNewest();
    this.#showDetail(this.#view.selected);
  }

  #showDetail(event: FlowEvent | undefined): void {
    if (event === undefined) return;
    this.#detail.open(event);
    this.resize(this.#layout.columns, this.#layout.rows);
  }

  #moveCell(step: number): void {
    // The first press only shows where the cell cursor is.
    if (this.#view.paused) this.#cell = Math.min(MARKABLE.length - 1, Math.max(0, this.#cell + step));
    this.#view.freeze();
  }

  #filterByCell(sign: '' | '-'): void {
    const wasPaused = this.#view.paused;
    this.#view.freeze();
    const flow = this.#view.selected?.flow;
    const term = flow === undefined ? '' : termForCell(flow, MARKABLE[this.#cell] ?? 'source');
    // A row that was about to scroll away must not become a filter unseen.
    if (!wasPaused) this.#say('paused: choose a cell with h j k l, then f keeps its value and x excludes it');
    else if (term === '') this.#say('this cell has no value to filter by');
    else this.#changeFilter((text) => addTerm(text, sign + term));
  }

  /** Applies a filter made by a key. What the cluster sends may be nothing a filter can say; then only a message comes. */
  #changeFilter(change: (text: string) => string): void {
    try {
      this.#applyFilter(change(this.#history.current));
    } catch (error) {
      if (!(error instanceof WhereError)) throw error;
      this.#say(error.problem);
    }
  }

  #applyFilter(text: string): void {
    this.#view.setPredicate(compileFilter(text));
    this.#history.apply(text);
  }

  #travel(moved: boolean, otherwise: string): void {
    if (moved) this.#view.setPredicate(compileFilter(this.#history.current));
    else this.#say(otherwise);
  }

  #say(text: string): void {
    this.#message = { text, until: this.#options.now() + MESSAGE_MS };
  }

  #header(width: number): string {
    const { store } = this;
    const { title, theme } = this.#options;
    this.#shownRate = store.flowsPerSecond;
    return headerLine(
      {
        title,
        state: this.#ended === undefined ? 'live' : this.#ended.error === undefined ? 'ended' : 'failed',
        pause: this.#view.pause,
        flowsPerSecond: this.#shownRate,
        matchedPerSecond: store.matchedPerSecond,
        totals: store.totals,
        matched: store.predicate === undefined ? undefined : store.matches.flows,
        connectedNodes: store.nodes.connected,
        missingNodes: store.nodes.missing.length,
      },
      width,
      theme,
    );
  }

  #filterLine(width: number): string {
    const { theme } = this.#options;
    const { current } = this.#history;
    if (current === '') return theme.paint('dim', ' / no filter');
    const text = sanitizeCell(` / ${current}`, theme);
    return theme.paint('strong', fitCell(text, width, { ellipsis: theme.glyphs.ellipsis }).trimEnd());
  }

  #heads(): string {
    const { theme } = this.#options;
    const { columns, plan, pane } = this.#layout;
    if (pane?.at === 0) return theme.paint('dim', fitCell(' FLOW', columns));
    const titles = theme.paint('dim', fitCell(columnTitles(plan), plan.width));
    if (pane === undefined) return titles;
    return `${titles}${theme.glyphs.bar} ${theme.paint(this.#detail.focused ? 'selected' : 'dim', 'FLOW')}`;
  }

  #footer(width: number): string {
    const { theme, now } = this.#options;
    if (this.#message !== undefined && this.#message.until <= now()) this.#message = undefined;
    const { missing } = this.store.nodes;
    return footerLine(width, theme, {
      paused: this.#view.paused,
      message: this.#message?.text,
      failure: this.#ended?.error,
      missing,
    });
  }

  #emptyLines(width: number, height: number): string[] {
    const { theme, hint } = this.#options;
    if (this.store.predicate !== undefined && this.store.totals.seen > 0) {
      const text = this.#view.matches.scanning ? 'looking…' : 'nothing matches; Esc clears the filter';
      return emptyLines([text], width, height, theme);
    }
    const waiting = this.#ended === undefined ? 'waiting for flows…' : 'the source had no flows';
    return emptyLines([waiting, ...(hint === undefined ? [] : [hint])], width, height, theme);
  }
}
