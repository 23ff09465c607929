import type { Flow } from '../flow/gen/flow.ts';
import type { FlowEvent } from '../flow/source.ts';
import { type EventRange, LOG_CAPACITY } from './event-log.ts';

/** Decides whether a flow is shown. */
export type Predicate = (flow: Flow) => boolean;

const MASK = LOG_CAPACITY - 1;
const SCAN_STRIDE = 256;

/**
 * The numbers of the events that pass a filter, ascending, over one range of events.
 *
 * New events are offered as they arrive; older ones are found by `scan`, newest first, so that the screen is right long
 * before the scan is over. Events that are not flows (losses, node states) always pass: silence must never look like
 * quiet. A ring of `LOG_CAPACITY` numbers (1 MB), so it can hold every event of the range.
 */
export class MatchList {
  readonly #range: EventRange;
  readonly #accepts: Predicate | undefined;
  readonly #seqs = new Float64Array(LOG_CAPACITY);
  #first = 0;
  #count = 0;
  #next: number;
  #notes: number[] = [];
  #offered = 0;

  /** Nothing is listed before the first `scan`. */
  constructor(range: EventRange, accepts: Predicate | undefined) {
    this.#range = range;
    this.#accepts = accepts;
    this.#next = range.end - 1;
  }

  /** How many events are listed now. */
  get count(): number {
    return this.#count;
  }

  /** How many of them are flows. */
  get flows(): number {
    return this.#count - this.#notes.length;
  }

  /** How many flows `offer` has listed, whether they are still there or not. */
  get offered(): number {
    return this.#offered;
  }

  /** Whether `scan` has more to do. */
  get scanning(): boolean {
    return this.#next >= this.#range.oldest;
  }

  /** Number of the event at `index`, 0 = oldest; -1 outside of the list. */
  at(index: number): number {
    return index >= 0 && index < this.#count ? (this.#seqs[(this.#first + index) & MASK] ?? -1) : -1;
  }

  /** Index of the first listed event whose number is at least `seq`; `count` when there is none. */
  indexOf(seq: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lists a new event if it passes; returns whether it did. Numbers must ascend. */
  offer(seq: number, event: FlowEvent): boolean {
    this.#evict();
    if (!this.passes(event)) return false;
    this.#seqs[(this.#first + this.#count++) & MASK] = seq;
    if (event.flow === undefined) this.#notes.push(seq);
    else this.#offered++;
    return true;
  }

  /** Whether the filter lets this event through. */
  passes(event: FlowEvent): boolean {
    return event.flow === undefined || this.#accepts === undefined || this.#accepts(event.flow);
  }

  /** Looks through older events until `deadline` by the clock `now`, both in milliseconds. */
  scan(now: () => number, deadline: number): void {
    this.#evict();
    while (this.scanning) {
      const stop = Math.max(this.#range.oldest, this.#next - SCAN_STRIDE + 1);
      for (; this.#next >= stop; this.#next--) {
        const event = this.#range.at(this.#next);
        if (event === undefined || !this.passes(event)) continue;
        this.#first = (this.#first - 1) & MASK;
        this.#seqs[this.#first] = this.#next;
        this.#count++;
        if (event.flow === undefined) this.#notes.unshift(this.#next);
      }
      if (now() >= deadline) return;
    }
  }

  #evict(): void {
    const oldest = this.#range.oldest;
    while (this.#count > 0 && (this.#seqs[this.#first] ?? 0) < oldest) {
      this.#first = (this.#first + 1) & MASK;
      this.#count--;
    }
    while ((this.#notes[0] ?? oldest) < oldest) this.#notes.shift();
  }
}
