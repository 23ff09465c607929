const SLICES = 8;
const SLICE_MS = 250;

/** Events per second over the last two seconds, in slices of 250 ms; exactly 0 once two quiet seconds have passed. */
export class RateMeter {
  readonly #now: () => number;
  readonly #counts = new Float64Array(SLICES);
  #slice: number;
  readonly #started: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#slice = Math.floor(now() / SLICE_MS);
    this.#started = this.#slice;
  }

  add(count: number): void {
    this.#advance();
    const at = this.#slice % SLICES;
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
  }

  /** Of the finished slices; before two seconds have passed, of those there are. */
  perSecond(): number {
    this.#advance();
    const finished = Math.min(SLICES - 1, this.#slice - this.#started);
    if (finished === 0) return 0;
    let sum = 0;
    for (let back = 1; back <= finished; back++) sum += this.#counts[(this.#slice - back) % SLICES] ?? 0;
    return (sum * 1000) / (finished * SLICE_MS);
  }

  #advance(): void {
    const slice = Math.floor(this.#now() / SLICE_MS);
    if (slice - this.#slice >= SLICES) this.#counts.fill(0);
    else for (let each = this.#slice + 1; each <= slice; each++) this.#counts[each % SLICES] = 0;
    this.#slice = Math.max(this.#slice, slice);
  }
}
