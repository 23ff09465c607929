export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** 0..1: how much of each delay is random. */
  readonly jitter: number;
  /** Source of randomness, 0..1; a test passes its own. */
  readonly random?: () => number;
}

/** Delays that double from `initialMs` to `maxMs`, each shortened by up to `jitter` so that clients do not return in step. */
export class Backoff {
  readonly #options: BackoffOptions;
  #attempt = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The next delay in milliseconds. */
  next(): number {
    const { initialMs, maxMs, jitter, random = Math.random } = this.#options;
    const full = Math.min(maxMs, initialMs * 2 ** this.#attempt++);
    return full * (1 - jitter * random());
  }

  /** Back to `initialMs`; call after something worked. */
  reset(): void {
    this.#attempt = 0;
  }
}
