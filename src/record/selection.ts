import { NetwatchError } from '../base/error.ts';
import { compareTimestamps } from '../flow/basics.ts';
import { compileFilters } from '../flow/filter/index.ts';
import type { Flow } from '../flow/gen/flow.ts';
import type { FlowEvent, FlowsRequest } from '../flow/source.ts';

const MAX_LAST = 1_000_000;
/** Lost events and node status are judged as a flow without any field, as Hubble does with a file. */
const NO_FLOW: Flow = {};

/** Decides which events of a file answer a request, without looking at how many. */
export function compileSelection(request: FlowsRequest): (event: FlowEvent) => boolean {
  const { since, until, whitelist: allow = [], blacklist: deny = [] } = request;
  const matches = compileFilters({ allow, deny });
  return ({ flow, time }) => {
    if (since !== undefined && compareTimestamps(since, time) > 0) return false;
    if (until !== undefined && compareTimestamps(until, time) < 0) return false;
    return matches(flow ?? NO_FLOW);
  };
}

/** The last `capacity` events of all that were added. */
export class LastEvents {
  readonly #capacity: number;
  readonly #events: FlowEvent[] = [];
  #next = 0;

  constructor(capacity: number) {
    if (capacity > MAX_LAST) {
      throw new NetwatchError('usage', `--last must be at most ${MAX_LAST} with a file, got ${capacity}`, {
        hint: 'Use --all for every flow of the file.',
      });
    }
    this.#capacity = capacity;
  }

  add(event: FlowEvent): void {
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Oldest first. */
  toArray(): readonly FlowEvent[] {
    if (this.#events.length < this.#capacity) return this.#events;
    return [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)];
  }
}
