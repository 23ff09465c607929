import { type KernelTime, nanosBetween } from './clock.ts';
import type { CaptureCounts } from './counts.ts';

const MAX_WAIT_NS = 10e9;

/**
 * Pairs DNS responses with their queries by socket, client and message id (RFC 5452, 9.1). A repeated query keeps the
 * time of the first: that is how long the client waited. Holds at most `capacity` queries; when full, the one that
 * waited longest is forgotten and counted, as is one that waited 10 s.
 */
export class DnsExchanges {
  readonly #capacity: number;
  readonly #counts: CaptureCounts;
  readonly #waiting = new Map<string, KernelTime>();

  constructor(counts: CaptureCounts, capacity = 16_384) {
    this.#counts = counts;
    this.#capacity = capacity;
  }

  query(key: string, time: KernelTime): void {
    if (this.#waiting.has(key)) return;
    if (this.#waiting.size >= this.#capacity) {
      const oldest = this.#waiting.keys().next();
      if (!oldest.done) this.#waiting.delete(oldest.value);
      this.#counts.dnsEvicted++;
    }
    this.#waiting.set(key, time);
  }

  /** Nanoseconds since the query; undefined when that is not known. */
  response(key: string, time: KernelTime): number | undefined {
    const start = this.#waiting.get(key);
    if (start === undefined) {
      this.#counts.dnsUnmatched++;
      return undefined;
    }
    this.#waiting.delete(key);
    return nanosBetween(start, time);
  }

  /** Forgets queries that nobody answered. */
  expire(now: KernelTime): void {
    for (const [key, start] of this.#waiting) {
      // In the order of arrival, so the first young one ends it.
      if (nanosBetween(start, now) < MAX_WAIT_NS) return;
      this.#waiting.delete(key);
      this.#counts.dnsUnanswered++;
    }
  }
}
