/** Seconds the rate looks back: Hubble's `flows_rate` is that of the last minute. */
const WINDOW_SECONDS = 60;

/** Counts flows by the second, for a rate over the last minute. Costs nothing while nothing is counted. */
export class FlowRate {
  readonly #counts = new Float64Array(WINDOW_SECONDS);
  readonly #seconds = new Float64Array(WINDOW_SECONDS).fill(-1);
  #firstMs: number | undefined;

  add(count: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const slot = second % WINDOW_SECONDS;
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second;
      this.#counts[slot] = 0;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
    this.#firstMs ??= nowMs;
  }

  /** Flows per second over the last minute, or since the first flow if that is less. 0 before any. */
  perSecond(nowMs: number): number {
    if (this.#firstMs === undefined) return 0;
    const second = Math.floor(nowMs / 1000);
    const spanSeconds = Math.min(WINDOW_SECONDS, Math.max(1, (nowMs - this.#firstMs) / 1000));
    let total = 0;
    for (let i = 0; i < WINDOW_SECONDS; i++) {
      if (second - (this.#seconds[i] ?? -1) < WINDOW_SECONDS) total += this.#counts[i] ?? 0;
    }
    return total / spanSeconds;
  }
}
