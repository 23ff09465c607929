import type { Uint64 } from '../flow/basics.ts';
import { type KernelTime, nanosBetween } from './clock.ts';
import type { CaptureCounts } from './counts.ts';

interface Waiting {
  readonly ordinal: number;
  readonly method: string;
  readonly url: string;
  readonly time: KernelTime;
}

/** What a response is told by its request. */
export interface Answered {
  readonly method: string;
  readonly url: string;
  readonly latencyNs: number;
}

/**
 * Pairs HTTP responses with their requests by socket and ordinal, which the kernel counted: never by guessing. A
 * socket on which ordinals stopped to mean anything, because one segment held several messages, pairs no more.
 *
 * Requests and responses take turns, so one request waits per socket; at most `capacity` sockets. When full, the
 * one that waited longest is forgotten and counted.
 */
export class HttpExchanges {
  readonly #capacity: number;
  readonly #counts: CaptureCounts;
  readonly #waiting = new Map<Uint64, Waiting | 'unpairable'>();

  constructor(counts: CaptureCounts, capacity = 16_384) {
    this.#counts = counts;
    this.#capacity = capacity;
  }

  request(socket: Uint64, waiting: Waiting): void {
    if (waiting.ordinal === 0 || this.#waiting.get(socket) === 'unpairable') return;
    this.#keep(socket, waiting);
  }

  /** Undefined when the request is not known. */
  response(socket: Uint64, ordinal: number, time: KernelTime): Answered | undefined {
    const request = this.#waiting.get(socket);
    if (ordinal === 0 || request === undefined || request === 'unpairable' || request.ordinal !== ordinal) {
      this.#counts.httpUnmatched++;
      return undefined;
    }
    this.#waiting.delete(socket);
    return { method: request.method, url: request.url, latencyNs: nanosBetween(request.time, time) };
  }

  /** The ordinals of this socket no longer name the same exchange on both sides. */
  stopPairing(socket: Uint64): void {
    this.#keep(socket, 'unpairable');
  }

  /** The socket is closed. */
  forget(socket: Uint64): void {
    this.#waiting.delete(socket);
  }

  #keep(socket: Uint64, waiting: Waiting | 'unpairable'): void {
    this.#waiting.delete(socket);
    if (this.#waiting.size >= this.#capacity) {
      const oldest = this.#waiting.keys().next();
      if (!oldest.done) this.#waiting.delete(oldest.value);
      this.#counts.httpEvicted++;
    }
    this.#waiting.set(socket, waiting);
  }
}
