import { fitCell, sanitizeCell } from '../flow/format/cell.ts';
import type { FlowEvent } from '../flow/source.ts';
import { footerLine, headerLine, messageLine } from './bars.ts';
import { MARKABLE, termForCell } from './cell-term.ts';
import type { Chrome } from './components/app.tsx';
import type { CursorPosition, Table } from './compositor.ts';
import { compileFilter, FilterEntry } from './filter-bar.ts';
import { FilterHistory } from './filter-history.ts';
import { cycleVerdict, toggleTerm } from './filter-terms.ts';
import { detailLines } from './flow-detail.ts';
import { helpLines } from './help.ts';
import type { InputEvent } from './key-decoder.ts';
import { type Command, commandFor } from './keys.ts';
import { columnTitles, type Layout, layOut, MIN_COLUMNS, MIN_ROWS } from './layout.ts';
import { ListView } from './list-view.ts';
import { RowCache } from './row-cache.ts';
import { SCAN_SLICE_MS, Store } from './store.ts';
import type { Style, Theme } from './theme.ts';

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
const FAULTS = 'fault=yes';

/**
 * The state of the screen and what keys do to it: events and keys go in, chrome and table lines come out. Knows neither
 * the terminal nor React nor time beyond the clock it is given.
 */
export class Viewer {
  readonly store: Store;
  readonly #view: ListView;
  readonly #options: ViewerOptions;
  readonly #history = new FilterHistory();
  readonly #rows: RowCache;
  #layout: Layout;
  #entry: FilterEntry | undefined;
  #detail: FlowEvent | undefined;
  #detailFocused = false;
  #detailScroll = 0;
  #help = false;
  #helpScroll = 0;
  #cell = 1;
  #message: { readonly text: string; readonly style: Style; readonly until: number } | undefined;
  #ended: { readonly error?: string } | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.store = new Store(options.now);
    this.#view = new ListView(this.store, options.now);
    this.#rows = new RowCache(options.theme);
    this.#layout = layOut(80, 24, false);
  }

  /** Adapts to a terminal of this size, in usable columns. */
  resize(columns: number, rows: number): void {
    this.#layout = layOut(columns, rows, this.#detail !== undefined);
    this.#view.setHeight(this.#layout.listRows);
  }

  /** The source has no more events; with a reason if it failed. */
  end(error?: string): void {
    this.#ended = { error };
  }

  /** Whether what is on screen changes by itself: rates fall, the pause grows, a message goes away. */
  get ticking(): boolean {
    return this.store.flowsPerSecond > 0 || this.#view.paused || this.#message !== undefined;
  }

  /** Goes on with scans for a filter; returns whether there is more to do. */
  scan(): boolean {
    const { now } = this.#options;
    const more = this.#view.scan();
    return (this.#entry?.scan(now, now() + SCAN_SLICE_MS) ?? false) || more;
  }

  handle(event: InputEvent): Effect {
    if (event.kind === 'reply') return undefined;
    if (event.kind === 'paste') {
      this.#entry?.insert(event.text);
      return undefined;
    }
    this.#message = undefined;
    if (this.#entry !== undefined) return this.#handleTyping(this.#entry, event.name, event.text);
    const command = commandFor('list', event.name);
    return command === undefined ? undefined : this.run(command);
  }

  /** Does what a key of the list says. */
  run(command: Command): Effect {
    if (command === 'quit') return 'quit';
    if (command === 'suspend') return 'suspend';
    if (command === 'repaint') return 'repaint';
    if (this.#help && this.#runHelp(command)) return undefined;
    const scrollsDetail = this.#detail !== undefined && (this.#detailFocused || this.#layout.pane?.at === 0);
    if (scrollsDetail && this.#scrollDetail(command)) return undefined;
    switch (command) {
      case 'back':
        if (this.#detail === undefined) return 'quit';
        this.#closeDetail();
        break;
      case 'escape':
        if (this.#detail !== undefined) this.#closeDetail();
        else if (this.#history.current !== '') this.#applyFilter('');
        break;
      case 'help':
        this.#help = true;
        this.#helpScroll = 0;
        break;
      case 'detail':
        this.#openDetail();
        break;
      case 'focus':
        this.#detailFocused = this.#detail !== undefined && !this.#detailFocused;
        break;
      case 'filter':
        this.#entry = new FilterEntry(this.#history.current, this.#history.typed, this.store.log);
        break;
      default:
        this.#runList(command);
    }
    return undefined;
  }

  /** The list's lines and where they go; empty when the terminal is too small. */
  table(): Table {
    const { bodyTop, bodyHeight, plan, pane } = this.#layout;
    const rows = this.#tooSmall ? [] : this.#view.rows();
    const shown = this.#view.paused || this.#detail !== undefined;
    const cell = MARKABLE[this.#cell] ?? 'source';
    const lines = rows.flatMap(({ seq, event }) =>
      this.#rows.lines(seq, event, plan, shown && seq === this.#view.cursor ? cell : undefined),
    );
    if (rows.length === 0 && !this.#tooSmall) lines.push(...this.#emptyLines(bodyHeight, plan.width));
    if (pane !== undefined && pane.at > 0) {
      const blank = ' '.repeat(plan.width);
      while (lines.length < bodyHeight) lines.push(blank);
    }
    return { top: bodyTop, lines };
  }

  /** Everything but the list's rows. */
  chrome(): Chrome {
    const { theme } = this.#options;
    const { columns, bodyHeight, plan, pane } = this.#layout;
    if (this.#tooSmall) return this.#tooSmallChrome();
    const overlay = this.#help ? helpLines(columns, bodyHeight, this.#helpScroll, theme) : [];
    const popup = this.#entry === undefined ? [] : this.#entry.popup(columns, theme).slice(-bodyHeight);
    return {
      columns,
      header: this.#header(columns),
      filter: this.#entry?.bar(columns, theme).line ?? this.#filterLine(columns),
      heads: theme.paint('dim', fitCell(columnTitles(plan), plan.width)) + this.#paneTitle(),
      popup,
      bodyHeight,
      pane: pane && { at: pane.at, lines: this.#paneLines(pane.at, pane.width) },
      overlay: overlay.slice(0, Math.max(0, bodyHeight - popup.length)),
      footer: this.#footer(columns),
    };
  }

  /** Where the terminal's own cursor belongs, while a filter is typed. */
  cursor(): CursorPosition | undefined {
    if (this.#entry === undefined || this.#tooSmall) return undefined;
    const { columns } = this.#layout;
    const { cursor } = this.#entry.bar(columns, this.#options.theme);
    return { column: Math.min(cursor, columns - 1), line: 1 };
  }

  get #tooSmall(): boolean {
    return this.#layout.columns < MIN_COLUMNS - 1 || this.#layout.rows < MIN_ROWS;
  }

  #runList(command: Command): void {
    const view = this.#view;
    switch (command) {
      case 'pause':
        if (view.paused) view.follow(this.#detail !== undefined);
        else view.freeze();
        return;
      case 'follow':
        return view.follow(this.#detail !== undefined);
      case 'down':
        return this.#moved(() => view.move(1));
      case 'up':
        return this.#moved(() => view.move(-1));
      case 'halfDown':
        return this.#moved(() => view.page(0.5));
      case 'halfUp':
        return this.#moved(() => view.page(-0.5));
      case 'pageDown':
        return this.#moved(() => view.page(1));
      case 'pageUp':
        return this.#moved(() => view.page(-1));
      case 'oldest':
        return this.#moved(() => view.toOldest());
      case 'nextFault':
        return this.#moved(() => this.#toFault(1));
      case 'previousFault':
        return this.#moved(() => this.#toFault(-1));
      case 'left':
      case 'right':
        return this.#moveCell(command === 'left' ? -1 : 1);
      case 'keep':
      case 'exclude':
        return this.#filterByCell(command === 'exclude');
      case 'faultsOnly':
        return this.#applyFilter(toggleTerm(this.#history.current, FAULTS));
      case 'verdict':
        return this.#applyFilter(cycleVerdict(this.#history.current));
      case 'undo':
        return this.#travel(this.#history.undo(), 'nothing to undo');
      case 'redo':
        return this.#travel(this.#history.redo(), 'nothing to redo');
      default:
    }
  }

  #handleTyping(entry: FilterEntry, name: string, text: string): Effect {
    const command = commandFor('filter', name);
    if (name === 'ctrl-c') return 'quit';
    if (name === 'ctrl-z') return 'suspend';
    if (name === 'ctrl-l') return 'repaint';
    if (command === 'cancel') this.#entry = undefined;
    else if (command === 'apply') {
      if (entry.error !== undefined) return undefined;
      this.#entry = undefined;
      this.#applyFilter(entry.text);
    } else if (command !== undefined) entry.run(command);
    else if (text !== '') entry.insert(text);
    return undefined;
  }

  #runHelp(command: Command): boolean {
    const steps: Partial<Record<Command, number>> = {
      down: 1,
      up: -1,
      halfDown: 8,
      halfUp: -8,
      pageDown: 16,
      pageUp: -16,
    };
    const step = steps[command];
    if (step !== undefined) this.#helpScroll = Math.max(0, this.#helpScroll + step);
    else if (command === 'escape' || command === 'back' || command === 'help') this.#help = false;
    else {
      this.#help = false;
      return false;
    }
    return true;
  }

  #scrollDetail(command: Command): boolean {
    const page = this.#layout.bodyHeight;
    const steps: Partial<Record<Command, number>> = {
      down: 1,
      up: -1,
      halfDown: page >> 1,
      halfUp: -(page >> 1),
      pageDown: page,
      pageUp: -page,
      oldest: Number.NEGATIVE_INFINITY,
    };
    const step = steps[command];
    if (step === undefined) return false;
    this.#detailScroll = Math.max(0, this.#detailScroll + step);
    return true;
  }

  #moved(move: () => void): void {
    move();
    if (this.#detail !== undefined) this.#showDetail(this.#view.selected);
  }

  #toFault(direction: 1 | -1): void {
    if (!this.#view.toFault(direction)) this.#say(`no ${direction > 0 ? 'newer' : 'older'} fault in the list`);
  }

  #openDetail(): void {
    if (this.#view.selected === undefined) this.#view.selectNewest();
    this.#showDetail(this.#view.selected);
  }

  #showDetail(event: FlowEvent | undefined): void {
    if (event === undefined) return;
    this.#detail = event;
    this.#detailScroll = 0;
    this.resize(this.#layout.columns, this.#layout.rows);
  }

  #closeDetail(): void {
    this.#detail = undefined;
    this.#detailFocused = false;
    this.resize(this.#layout.columns, this.#layout.rows);
  }

  #moveCell(step: number): void {
    // The first press only shows where the cell cursor is.
    if (this.#view.paused) this.#cell = Math.min(MARKABLE.length - 1, Math.max(0, this.#cell + step));
    this.#view.freeze();
  }

  #filterByCell(exclude: boolean): void {
    const { paused } = this.#view;
    this.#view.freeze();
    const flow = this.#view.selected?.flow;
    // A row that was just about to scroll away must not become a filter unseen.
    if (!paused) return this.#say('paused: choose a cell with h j k l, then f keeps it and x excludes it');
    const term = flow === undefined ? '' : termForCell(flow, MARKABLE[this.#cell] ?? 'source');
    if (term === '') return this.#say('this cell has no value to filter by');
    const { current } = this.#history;
    const grouped = current.includes('|') ? `(${current})` : current;
    this.#applyFilter(`${grouped} ${exclude ? '-' : ''}${term}`.trim());
  }

  #applyFilter(text: string): void {
    const predicate = compileFilter(text);
    this.#history.apply(text);
    this.#view.setPredicate(predicate);
  }

  #travel(moved: boolean, otherwise: string): void {
    if (moved) this.#view.setPredicate(compileFilter(this.#history.current));
    else this.#say(otherwise);
  }

  #say(text: string, style: Style = 'warn'): void {
    this.#message = { text, style, until: this.#options.now() + MESSAGE_MS };
  }

  #header(width: number): string {
    const { store } = this;
    const { title, theme } = this.#options;
    const state = this.#ended === undefined ? 'live' : this.#ended.error === undefined ? 'ended' : 'failed';
    return headerLine(
      {
        title,
        state,
        pause: this.#view.pause,
        flowsPerSecond: store.flowsPerSecond,
        matchedPerSecond: store.matchedPerSecond,
        totals: store.totals,
        filtered: store.predicate !== undefined,
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
    if (current === '') return theme.paint('dim', fitCell(' / no filter', Math.min(width, 12)));
    const text = fitCell(sanitizeCell(` / ${current}`, theme), width, { ellipsis: theme.glyphs.ellipsis });
    return theme.paint('strong', text.trimEnd());
  }

  #footer(width: number): string {
    const { theme, now } = this.#options;
    if (this.#message !== undefined && this.#message.until <= now()) this.#message = undefined;
    if (this.#message !== undefined) return messageLine(this.#message.text, this.#message.style, width, theme);
    if (this.#ended?.error !== undefined) return messageLine(`${this.#ended.error}; q quits`, 'alarm', width, theme);
    const missing = this.store.nodes.missing;
    if (missing.length > 0) {
      const [first] = missing;
      const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
      const why = first?.message ? ` (${first.message})` : '';
      return messageLine(`no flows from ${first?.name ?? ''}${others}${why}`, 'alarm', width, theme);
    }
    return footerLine(width, theme, this.#view.paused);
  }

  #emptyLines(height: number, width: number): string[] {
    const { theme, hint } = this.#options;
    const waiting = this.#ended === undefined ? 'waiting for flows…' : 'no flows';
    const filtered = this.store.predicate !== undefined && this.store.totals.seen > 0;
    const texts = filtered
      ? [this.#view.matches.scanning ? 'looking…' : 'nothing matches; Esc clears the filter']
      : [waiting, hint ?? ''];
    const lines = Array.from({ length: Math.max(0, (height >> 1) - 1) }, () => '');
    for (const text of texts) {
      const safe = sanitizeCell(text, theme).slice(0, width - 2);
      lines.push(theme.paint('dim', ' '.repeat(Math.max(1, (width - safe.length) >> 1)) + safe));
    }
    return lines.slice(0, height);
  }

  #paneTitle(): string {
    const { pane } = this.#layout;
    if (pane === undefined || pane.at === 0) return '';
    const { theme } = this.#options;
    return `${theme.glyphs.bar} ${theme.paint(this.#detailFocused ? 'selected' : 'dim', 'FLOW')}`;
  }

  #paneLines(at: number, width: number): string[] {
    const { theme } = this.#options;
    const { bodyHeight } = this.#layout;
    if (this.#detail === undefined) return [];
    const edge = at === 0 ? ' ' : `${theme.glyphs.bar} `;
    const lines = detailLines(this.#detail, width - edge.length, theme);
    this.#detailScroll = Math.min(this.#detailScroll, Math.max(0, lines.length - bodyHeight));
    const shown = lines.slice(this.#detailScroll, this.#detailScroll + bodyHeight);
    const more = lines.length - this.#detailScroll - bodyHeight;
    if (more > 0) shown[bodyHeight - 1] = theme.paint('dim', `${theme.glyphs.down} ${more + 1} more lines`);
    return Array.from({ length: bodyHeight }, (_, y) => edge + (shown[y] ?? ''));
  }

  #tooSmallChrome(): Chrome {
    const { columns, rows } = this.#layout;
    const bodyHeight = Math.max(0, rows - 4);
    const { seen, faults } = this.store.totals;
    return {
      columns,
      header: fitCell(' netwatch: enlarge', columns),
      filter: fitCell(` at least ${MIN_COLUMNS}x${MIN_ROWS}`, columns),
      heads: fitCell(` seen ${seen} faults ${faults}`, columns),
      popup: [],
      bodyHeight,
      pane: undefined,
      overlay: [],
      footer: fitCell(' q quits', columns),
    };
  }
}
