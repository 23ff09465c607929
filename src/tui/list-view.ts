import type { FlowEvent } from '../flow/source.ts';
import { isFault } from '../flow/where/fault.ts';
import type { EventRange } from './event-log.ts';
import { MatchList, type Predicate } from './match-list.ts';
import { SCAN_SLICE_MS, type Store } from './store.ts';

/** One row of the list: an event and its number. */
export interface ListRow {
  readonly seq: number;
  readonly event: FlowEvent;
}

interface Frozen {
  readonly range: EventRange;
  matches: MatchList;
  readonly sinceMs: number;
  /** The live list at the time, and how many flows it had been given. */
  readonly live: MatchList;
  readonly offeredBefore: number;
  readonly faultsBefore: number;
}

/** What happened behind a paused list. */
export interface Pause {
  readonly forMs: number;
  /** Flows that passed the filter since. After a change of the filter, those that are still held. */
  readonly newMatched: number;
  readonly newFaults: number;
}

/**
 * Which rows are on screen. Positions are event numbers, never indexes, so nothing that arrives can move them.
 *
 * Following: the newest rows that fit. Paused: a frozen range of the log with a list of its own; rows, order and offset
 * stay until the reader moves, however much arrives and however far the log moves on.
 */
export class ListView {
  readonly #store: Store;
  readonly #now: () => number;
  #frozen: Frozen | undefined;
  #top = 0;
  #cursor = -1;
  #height = 1;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  get paused(): boolean {
    return this.#frozen !== undefined;
  }

  /** Number of the selected row, -1 when there is none. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The selected event, as long as it is in the list's range. */
  get selected(): FlowEvent | undefined {
    return this.#cursor < 0 ? undefined : this.range.at(this.#cursor);
  }

  get matches(): MatchList {
    return this.#frozen?.matches ?? this.#store.matches;
  }

  /** The events the list shows a part of: all that are held, or the frozen ones. */
  get range(): EventRange {
    return this.#frozen?.range ?? this.#store.log;
  }

  get pause(): Pause | undefined {
    const frozen = this.#frozen;
    if (frozen === undefined) return undefined;
    const { matches, totals } = this.#store;
    return {
      forMs: this.#now() - frozen.sinceMs,
      newMatched:
        matches === frozen.live
          ? matches.offered - frozen.offeredBefore
          : matches.count - matches.indexOf(frozen.range.end),
      newFaults: totals.faults - frozen.faultsBefore,
    };
  }

  /** Rows that fit on screen; a smaller screen keeps the selected row in sight. */
  setHeight(rows: number): void {
    this.#height = Math.max(1, rows);
    if (this.#frozen !== undefined) this.#reveal();
  }

  /** The rows to show, oldest first, at most as many as fit. */
  rows(): ListRow[] {
    const { matches } = this;
    const from = this.#frozen === undefined ? matches.count - this.#height : this.#topIndex();
    const rows: ListRow[] = [];
    for (let index = Math.max(0, from); index < matches.count && rows.length < this.#height; index++) {
      const seq = matches.at(index);
      const event = this.range.at(seq);
      if (event !== undefined) rows.push({ seq, event });
    }
    return rows;
  }

  /** Freezes what is on screen. The newest row becomes the selected one unless one is selected and visible. */
  freeze(): void {
    if (this.#frozen !== undefined) return;
    const { totals, matches } = this.#store;
    this.#top = matches.at(Math.max(0, matches.count - this.#height));
    if (matches.at(matches.indexOf(this.#cursor)) !== this.#cursor || this.#cursor < this.#top) {
      this.#cursor = matches.at(matches.count - 1);
    }
    const range = this.#store.freeze();
    this.#frozen = {
      range,
      matches: new MatchList(range, this.#store.predicate),
      sinceMs: this.#now(),
      live: matches,
      offeredBefore: matches.offered,
      faultsBefore: totals.faults,
    };
    this.scan();
  }

  /** Back to the newest rows. The selection is given up unless `keepSelection`, for a pane that shows it. */
  follow(keepSelection: boolean): void {
    this.#frozen = undefined;
    if (!keepSelection) this.#cursor = -1;
  }

  /** Selects the newest row without pausing. */
  selectNewest(): void {
    const { matches } = this;
    this.#cursor = matches.at(matches.count - 1);
  }

  /** Applies another filter; a paused list stays paused and shows what of the same events passes. */
  setPredicate(predicate: Predicate | undefined): void {
    this.#store.setPredicate(predicate);
    if (this.#frozen !== undefined) this.#frozen.matches = new MatchList(this.#frozen.range, predicate);
    this.scan();
  }

  /** Goes on looking for older matches for at most `SCAN_SLICE_MS`; returns whether there is more to do. */
  scan(): boolean {
    const deadline = this.#now() + SCAN_SLICE_MS;
    if (this.#frozen?.matches.scanning) {
      this.#frozen.matches.scan(this.#now, deadline);
      this.#reveal();
    }
    if (this.#now() < deadline && this.#store.matches.scanning) this.#store.matches.scan(this.#now, deadline);
    return this.#store.matches.scanning || (this.#frozen?.matches.scanning ?? false);
  }

  /** Moves the selection by rows, negative towards older ones. Pauses. */
  move(rows: number): void {
    this.freeze();
    this.#select(this.matches.indexOf(this.#cursor) + rows);
  }

  /** Moves selection and window together by a share of the screen: -0.5 half a page up, 1 a page down. Pauses. */
  page(share: number): void {
    this.freeze();
    const step = Math.trunc(share * this.#height) || Math.sign(share);
    const { matches } = this;
    const lastTop = Math.max(0, matches.count - this.#height);
    this.#top = matches.at(Math.min(lastTop, Math.max(0, this.#topIndex() + step)));
    this.#select(matches.indexOf(this.#cursor) + step);
  }

  /** Selects the oldest row. Pauses. */
  toOldest(): void {
    this.freeze();
    this.#select(0);
  }

  /** Selects the next fault in a direction; from a following list, the newest one. False when there is none. */
  toFault(direction: 1 | -1): boolean {
    const wasPaused = this.paused;
    this.freeze();
    const { matches } = this;
    const start = wasPaused ? matches.indexOf(this.#cursor) + direction : matches.count - 1;
    const step = wasPaused ? direction : -1;
    for (let index = start; index >= 0 && index < matches.count; index += step) {
      const flow = this.range.at(matches.at(index))?.flow;
      if (flow === undefined || !isFault(flow)) continue;
      this.#select(index);
      return true;
    }
    return false;
  }

  #topIndex(): number {
    const { matches } = this;
    return Math.min(matches.indexOf(this.#top), Math.max(0, matches.count - this.#height));
  }

  #select(index: number): void {
    const { matches } = this;
    this.#cursor = matches.at(Math.min(Math.max(0, index), matches.count - 1));
    this.#reveal();
  }

  /** Brings the selected row (or, if the filter took it, the nearest newer one) into the window. */
  #reveal(): void {
    const { matches } = this;
    if (matches.count === 0 || this.#cursor < 0) return;
    const index = Math.min(matches.indexOf(this.#cursor), matches.count - 1);
    if (!matches.scanning) this.#cursor = matches.at(index);
    const top = this.#topIndex();
    if (index < top) this.#top = matches.at(index);
    else if (index >= top + this.#height) this.#top = matches.at(index - this.#height + 1);
  }
}
