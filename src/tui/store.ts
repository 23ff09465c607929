import type { LostEvent } from '../flow/gen/flow.ts';
import type { FlowEvent } from '../flow/source.ts';
import { isFault } from '../flow/where/fault.ts';
import { EventLog } from './event-log.ts';
import { MatchList, type Predicate } from './match-list.ts';
import { NodeStates } from './node-states.ts';
import { RateMeter } from './rate-meter.ts';

/** How long a scan for a new filter may hold the event loop, in milliseconds. */
export const SCAN_SLICE_MS = 5;

/** Events lost, by where: `LostEventSource` number → count. */
type LostCounts = ReadonlyMap<number, number>;

/** Counts since the start; they never stop and never go back. */
export interface Totals {
  readonly seen: number;
  readonly faults: number;
  readonly lost: LostCounts;
}

/**
 * Everything that arrived, outside of React: the last 2^17 events, the ones that pass the filter, and counters.
 *
 * Ingesting is the only work done per flow: one append, one predicate, a few additions. Loss reports that follow each
 * other without a shown flow between them are folded into one row per node and place.
 */
export class Store {
  readonly #log = new EventLog();
  readonly #flowRate: RateMeter;
  readonly #now: () => number;
  #matchRate: RateMeter;
  readonly #lost = new Map<number, number>();
  readonly nodes = new NodeStates();
  #predicate: Predicate | undefined;
  #matches = new MatchList(this.#log, undefined);
  #seen = 0;
  #faults = 0;
  #foldable: FlowEvent | undefined;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#flowRate = new RateMeter(now);
    this.#matchRate = new RateMeter(now);
  }

  get log(): EventLog {
    return this.#log;
  }

  /** The events that pass the filter, growing as they arrive. */
  get matches(): MatchList {
    return this.#matches;
  }

  get predicate(): Predicate | undefined {
    return this.#predicate;
  }

  get totals(): Totals {
    return { seen: this.#seen, faults: this.#faults, lost: this.#lost };
  }

  get flowsPerSecond(): number {
    return this.#flowRate.perSecond();
  }

  get matchedPerSecond(): number {
    return this.#matchRate.perSecond();
  }

  ingest(batch: readonly FlowEvent[]): void {
    let flows = 0;
    let matched = 0;
    for (const event of batch) {
      if (event.flow === undefined) {
        this.#ingestNote(event);
        continue;
      }
      flows++;
      if (isFault(event.flow)) this.#faults++;
      if (this.#matches.offer(this.#log.append(event), event)) {
        matched++;
        this.#foldable = undefined;
      }
    }
    this.#seen += flows;
    if (flows > 0) this.#flowRate.add(flows);
    if (matched > 0) this.#matchRate.add(matched);
  }

  /** Shows what passes `predicate` from now on; call `matches.scan` for what arrived before. */
  setPredicate(predicate: Predicate | undefined): void {
    this.#predicate = predicate;
    this.#matches = new MatchList(this.#log, predicate);
    this.#matchRate = new RateMeter(this.#now);
    this.#foldable = undefined;
  }

  /** Ends folding, so that a frozen range of the log does not change any more. */
  freeze(): ReturnType<EventLog['freeze']> {
    this.#foldable = undefined;
    return this.#log.freeze();
  }

  #ingestNote(event: FlowEvent): void {
    const { lostEvents, nodeStatus } = event;
    const outage = nodeStatus && this.nodes.apply(nodeStatus, event.time);
    if (outage !== undefined) {
      // The row that ends a gap says how long it was.
      event = { ...event, nodeStatus: { ...nodeStatus, message: `flows of ${outage}s before this are missing` } };
    }
    if (lostEvents !== undefined) {
      const source = lostEvents.source ?? 0;
      this.#lost.set(source, (this.#lost.get(source) ?? 0) + Number(lostEvents.numEventsLost ?? 0));
      const folded = this.#fold(event, lostEvents);
      if (folded !== undefined) {
        this.#foldable = folded;
        this.#log.replaceNewest(folded);
        return;
      }
    }
    this.#matches.offer(this.#log.append(event), event);
    this.#foldable = lostEvents === undefined ? undefined : event;
  }

  /** One event that says what the newest row and this one say, if the newest row is a loss of the same kind. */
  #fold(event: FlowEvent, lost: LostEvent): FlowEvent | undefined {
    const before = this.#foldable;
    if (before?.lostEvents === undefined || before !== this.#log.at(this.#log.end - 1)) return undefined;
    if (before.nodeName !== event.nodeName || (before.lostEvents.source ?? 0) !== (lost.source ?? 0)) return undefined;
    return {
      ...event,
      time: before.time,
      lostEvents: {
        ...lost,
        first: before.lostEvents.first ?? before.time,
        last: lost.last ?? event.time,
        numEventsLost: Number(before.lostEvents.numEventsLost ?? 0) + Number(lost.numEventsLost ?? 0),
      },
    };
  }
}
