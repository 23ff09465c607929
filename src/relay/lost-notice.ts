import { type LostEvent, LostEventSource } from '../flow/gen/flow.ts';
import { timestampOf } from './clock.ts';

/** Least time between two notices to one reader: Hubble's LostEventSendInterval. */
const NOTICE_INTERVAL_MS = 1000;

/** Counts what one reader lost and tells it at most once a second, with the times of the first and the last loss. */
export class LostNotice {
  #count = 0;
  #firstMs = 0;
  #lastMs = 0;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** Losses not told yet. */
  get pending(): number {
    return this.#count;
  }

  add(count: number, nowMs: number): void {
    if (count === 0) return;
    if (this.#count === 0) this.#firstMs = nowMs;
    this.#count += count;
    this.#lastMs = nowMs;
  }

  /** Milliseconds until the next notice is due; 0 when it is, undefined when there is nothing to tell. */
  dueMs(nowMs: number): number | undefined {
    if (this.#count === 0) return undefined;
    return Math.max(0, this.#toldMs + NOTICE_INTERVAL_MS - nowMs);
  }

  /** Everything lost since the last notice, and a new second begins. Call when `pending`. */
  take(nowMs: number): LostEvent {
    const notice = {
      source: LostEventSource.HUBBLE_RING_BUFFER,
      numEventsLost: this.#count,
      first: timestampOf(this.#firstMs),
      last: timestampOf(this.#lastMs),
    };
    this.#count = 0;
    this.#toldMs = nowMs;
    return notice;
  }
}
