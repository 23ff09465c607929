import type { FlowEvent } from '../flow/source.ts';

const CHUNK = 2 ** 11;
/** Most events an `EventLog` holds. */
export const LOG_CAPACITY = 2 ** 17;
const CHUNKS = LOG_CAPACITY / CHUNK;

/** Events by sequence number: `oldest` is the first one still there, `end` one past the newest. */
export interface EventRange {
  readonly oldest: number;
  readonly end: number;
  /** The event, or undefined outside of the range. */
  at(seq: number): FlowEvent | undefined;
}

/**
 * The last `LOG_CAPACITY` events, each under a number that never changes.
 *
 * Kept in 64 chunks; when full, the oldest chunk leaves as a whole, so between 63/64 and all of the capacity is there.
 * A full chunk is never written again: `freeze` shares chunks instead of copying events, and what the log drops lives
 * on for as long as a frozen range holds it. Memory is bounded by twice the capacity: the log and one frozen range.
 */
export class EventLog implements EventRange {
  #chunks: FlowEvent[][] = [];
  #firstChunk = 0;
  #end = 0;

  get oldest(): number {
    return this.#firstChunk * CHUNK;
  }

  get end(): number {
    return this.#end;
  }

  at(seq: number): FlowEvent | undefined {
    return this.#chunks[Math.floor(seq / CHUNK) - this.#firstChunk]?.[seq % CHUNK];
  }

  /** Adds an event and returns its number. */
  append(event: FlowEvent): number {
    if (this.#end % CHUNK === 0) {
      // A new array instead of shift(): frozen ranges share the old one.
      if (this.#chunks.length === CHUNKS) {
        this.#chunks = this.#chunks.slice(1);
        this.#firstChunk++;
      }
      this.#chunks = [...this.#chunks, []];
    }
    this.#chunks.at(-1)?.push(event);
    return this.#end++;
  }

  /** Puts another event in the newest one's place: several losses in a row become one. */
  replaceNewest(event: FlowEvent): void {
    const newest = this.#chunks.at(-1);
    if (newest !== undefined && newest.length > 0) newest[newest.length - 1] = event;
  }

  /** The range as it is now, unaffected by what comes. The caller must not call `replaceNewest` before the next append. */
  freeze(): EventRange {
    const chunks = this.#chunks;
    const firstChunk = this.#firstChunk;
    const end = this.#end;
    return {
      oldest: this.oldest,
      end,
      at: (seq) => (seq < end ? chunks[Math.floor(seq / CHUNK) - firstChunk]?.[seq % CHUNK] : undefined),
    };
  }
}
