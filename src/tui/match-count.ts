import type { EventRange } from './event-log.ts';
import type { Predicate } from './match-list.ts';

const STRIDE = 256;

/** Counts the flows of a range that a filter would let through, newest first and in slices, without listing them. */
export class MatchCount {
  readonly #range: EventRange;
  readonly #accepts: Predicate;
  #next: number;
  #matched = 0;
  #flows = 0;

  constructor(range: EventRange, accepts: Predicate) {
    this.#range = range;
    this.#accepts = accepts;
    this.#next = range.end - 1;
  }

  get matched(): number {
    return this.#matched;
  }

  /** Flows looked at so far. */
  get flows(): number {
    return this.#flows;
  }

  get done(): boolean {
    return this.#next < this.#range.oldest;
  }

  /** Goes on until `deadline` by the clock `now`, in milliseconds. */
  scan(now: () => number, deadline: number): void {
    while (!this.done) {
      const stop = Math.max(this.#range.oldest, this.#next - STRIDE + 1);
      for (; this.#next >= stop; this.#next--) {
        const flow = this.#range.at(this.#next)?.flow;
        if (flow === undefined) continue;
        this.#flows++;
        if (this.#accepts(flow)) this.#matched++;
      }
      if (now() >= deadline) return;
    }
  }
}
