/** Shortest time between two frames that new rows cause: 20 a second. */
const ROW_FRAME_MS = 50;
/** Time between two frames that only digits cause: four a second, or nobody can read them. */
const DIGIT_FRAME_MS = 250;

/**
 * Decides when the screen is painted. Keys paint at once, new rows at most every `ROW_FRAME_MS`, the chrome's digits
 * every `DIGIT_FRAME_MS` while something changes by itself. When nothing does, no timer runs.
 */
export class FrameClock {
  readonly #paint: (withChrome: boolean) => void;
  readonly #now: () => number;
  readonly #isTicking: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #lastRows = Number.NEGATIVE_INFINITY;
  #lastChrome = Number.NEGATIVE_INFINITY;
  #rowsDirty = false;
  #stopped = false;

  /** `paint` draws rows, and the chrome if asked; `isTicking` says whether digits still change without new events. */
  constructor(paint: (withChrome: boolean) => void, isTicking: () => boolean, now: () => number) {
    this.#paint = paint;
    this.#isTicking = isTicking;
    this.#now = now;
  }

  /** New rows may be on screen. */
  touch(): void {
    this.#rowsDirty = true;
    this.#schedule();
  }

  /** Paints everything now. */
  paintNow(): void {
    if (this.#stopped) return;
    const now = this.#now();
    this.#rowsDirty = false;
    this.#lastRows = now;
    this.#lastChrome = now;
    this.#paint(true);
    this.#schedule();
  }

  /** No frame after this. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    const ticking = this.#isTicking();
    if (!this.#rowsDirty && !ticking) return;
    const due = Math.min(
      this.#rowsDirty ? this.#lastRows + ROW_FRAME_MS : Number.POSITIVE_INFINITY,
      this.#lastChrome + DIGIT_FRAME_MS,
    );
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, due - this.#now()));
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#now();
    const withChrome = now - this.#lastChrome >= DIGIT_FRAME_MS - 1;
    this.#rowsDirty = false;
    this.#lastRows = now;
    if (withChrome) this.#lastChrome = now;
    this.#paint(withChrome);
    this.#schedule();
  }
}
