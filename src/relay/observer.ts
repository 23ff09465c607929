import { setImmediate as nextTurn } from 'node:timers/promises';
import { NetwatchError } from '../base/error.ts';
import { compareTimestamps } from '../flow/basics.ts';
import { compileFilters, type FlowPredicate } from '../flow/filter/index.ts';
import { RingCursor } from '../flow/ring.ts';
import type { FlowEvent, FlowsRequest } from '../flow/source.ts';
import { RpcCode, RpcStatus, rpcError } from '../wire/status.ts';
import { timestampOf } from './clock.ts';
import type { History } from './history.ts';
import { LostNotice } from './lost-notice.ts';
import { startPosition, wantedNumber } from './start-position.ts';

/** Most events of one batch. */
const BATCH = 256;
/** Most events looked at before others get a turn. */
const SCAN = 1024;

/** Events for one reader, with the position of each in the history; -1 for a notice that is the reader's own. */
export interface ObservedBatch {
  readonly events: FlowEvent[];
  readonly positions: number[];
}

export interface Observation {
  readonly history: History;
  readonly request: FlowsRequest;
  readonly signal: AbortSignal;
  /** Told of every event the reader was too slow for. */
  readonly onLost?: (count: number) => void;
}

/**
 * Answers one GetFlows request from the history, in batches, as the reader asks for them.
 *
 * A request that does not follow sees the history as it was when reading began. Lost events pass every filter and
 * count for nothing. Events overwritten before the reader came to them are lost to it alone, and it is told how many.
 */
export async function* observeFlows(observation: Observation): AsyncGenerator<ObservedBatch> {
  const { history, request } = observation;
  if (request.first && request.follow) {
    throw rpcError(RpcCode.INVALID_ARGUMENT, 'first cannot be specified with follow');
  }
  const stopReading = history.read();
  try {
    yield* readFlows(observation);
  } finally {
    stopReading();
  }
}

async function* readFlows(observation: Observation): AsyncGenerator<ObservedBatch> {
  const { history, signal } = observation;
  const reading = await Reading.begin(observation);
  while (!signal.aborted) {
    const batch = reading.scan();
    if (batch.events.length > 0) yield batch;
    else if (reading.behind) await nextTurn();
    if (reading.done || (history.closed && !reading.behind)) {
      const rest = reading.lastNotice();
      if (rest !== undefined) yield rest;
      return;
    }
    if (!reading.behind) await history.more(signal, reading.noticeDueMs());
  }
}

/** Hubble answers a filter it cannot build with UNKNOWN and the text, which is what its clients print. */
function compileRequest({ whitelist = [], blacklist = [] }: FlowsRequest): FlowPredicate {
  try {
    return compileFilters({ allow: whitelist, deny: blacklist });
  } catch (thrown) {
    if (!(thrown instanceof NetwatchError)) throw thrown;
    const { code, message, hint } = thrown;
    throw new NetwatchError(code, message, { ...(hint && { hint }), cause: new RpcStatus(RpcCode.UNKNOWN, message) });
  }
}

class Reading {
  readonly #observation: Observation;
  readonly #matches: FlowPredicate;
  readonly #cursor: RingCursor<FlowEvent>;
  readonly #notice = new LostNotice();
  readonly #end: number;
  #remaining: number;
  #past = false;

  /** Finds where to begin. What is published meanwhile belongs to those who follow, not to the history asked for. */
  static async begin(observation: Observation): Promise<Reading> {
    const { history, request } = observation;
    const matches = compileRequest(request);
    const end = request.follow ? Number.POSITIVE_INFINITY : history.ring.next;
    const start = await startPosition(history.ring, request, matches);
    return new Reading(observation, matches, new RingCursor(history.ring, start), end);
  }

  private constructor(observation: Observation, matches: FlowPredicate, cursor: RingCursor<FlowEvent>, end: number) {
    const { request } = observation;
    this.#observation = observation;
    this.#matches = matches;
    this.#cursor = cursor;
    this.#end = end;
    this.#remaining = request.follow ? Number.POSITIVE_INFINITY : wantedNumber(request);
  }

  get done(): boolean {
    return this.#past || this.#remaining <= 0 || this.#cursor.position >= this.#end;
  }

  /** Whether there is more to read right now. */
  get behind(): boolean {
    return !this.done && this.#cursor.position < this.#observation.history.ring.next;
  }

  noticeDueMs(): number | undefined {
    return this.#notice.dueMs(this.#observation.history.clock());
  }

  scan(): ObservedBatch {
    const { ring, clock } = this.#observation.history;
    const batch: ObservedBatch = { events: [], positions: [] };
    const wanted = this.#end - this.#cursor.position;
    this.#countLost(Math.min(this.#cursor.skipOverwritten(), wanted));
    if (this.#notice.dueMs(clock()) === 0) this.#tell(batch);
    const stop = Math.min(ring.next, this.#end, this.#cursor.position + SCAN);
    while (this.#cursor.position < stop && batch.events.length < BATCH && !this.done) this.#take(batch);
    return batch;
  }

  #take(batch: ObservedBatch): void {
    const { request } = this.#observation;
    const { position } = this.#cursor;
    const event = this.#cursor.read();
    if (event === undefined) return;
    if (event.flow !== undefined) {
      if (request.since !== undefined && compareTimestamps(event.time, request.since) < 0) return;
      if (request.until !== undefined && compareTimestamps(event.time, request.until) > 0) {
        this.#past = true;
        return;
      }
      if (!this.#matches(event.flow)) return;
      this.#remaining--;
    }
    batch.events.push(event);
    batch.positions.push(position);
  }

  #countLost(count: number): void {
    if (count <= 0) return;
    this.#notice.add(count, this.#observation.history.clock());
    this.#observation.onLost?.(count);
  }

  #tell(batch: ObservedBatch): void {
    const { clock, nodeName } = this.#observation.history;
    const now = clock();
    batch.events.push({ lostEvents: this.#notice.take(now), nodeName, time: timestampOf(now) });
    batch.positions.push(-1);
  }

  /** What was lost and not told, at the end. */
  lastNotice(): ObservedBatch | undefined {
    if (this.#notice.pending === 0) return undefined;
    const batch: ObservedBatch = { events: [], positions: [] };
    this.#tell(batch);
    return batch;
  }
}
