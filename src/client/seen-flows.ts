import { compareTimestamps, type Timestamp } from '../flow/basics.ts';
import type { Flow } from '../flow/gen/flow.ts';

/** Flows remembered: as many as a relay's ring holds by default. */
const REMEMBERED = 65_536;
/** How far before the newest flow a resumed stream begins: flows of several CPUs arrive slightly out of order. */
const OVERLAP_SECONDS = 2;

export interface SeenFlowsOptions {
  /** Flows to remember, 65,536 by default; a power of two. */
  readonly capacity?: number;
}

/**
 * What a stream has already delivered, so that it can be taken up again without delivering anything twice.
 *
 * Remembers the uuid and time of the last 65,536 flows. A resumed stream begins two seconds before the newest of them,
 * or after the newest that is forgotten, whichever is later; so a flow delivered before is always recognised. A flow
 * without a uuid counts as delivered unless it is newer than all of them.
 */
export class SeenFlows {
  readonly #uuids: string[] = [];
  readonly #times: Timestamp[] = [];
  readonly #capacity: number;
  #next = 0;
  #newest: Timestamp | undefined;
  #forgotten: Timestamp | undefined;
  #resumed: { readonly uuids: ReadonlySet<string>; readonly upTo: Timestamp } | undefined;

  constructor({ capacity = REMEMBERED }: SeenFlowsOptions = {}) {
    this.#capacity = capacity;
  }

  /** Time of the newest flow delivered. */
  get newest(): Timestamp | undefined {
    return this.#newest;
  }

  /** Notes that a flow is delivered. */
  add(flow: Flow): void {
    const time = flow.time ?? { seconds: 0, nanos: 0 };
    if (this.#newest === undefined || compareTimestamps(time, this.#newest) > 0) this.#newest = time;
    const slot = this.#next++ & (this.#capacity - 1);
    const old = this.#times[slot];
    if (old !== undefined && compareTimestamps(old, this.#forgotten) > 0) this.#forgotten = old;
    this.#uuids[slot] = flow.uuid ?? '';
    this.#times[slot] = time;
  }

  /** Where to take the stream up again; undefined when nothing was delivered. From now on `isNew` decides. */
  resume(): Timestamp | undefined {
    if (this.#newest === undefined) return undefined;
    this.#resumed = { uuids: new Set(this.#uuids), upTo: this.#newest };
    const { seconds, nanos } = this.#newest;
    const since = { seconds: seconds - OVERLAP_SECONDS, nanos };
    return this.#forgotten !== undefined && compareTimestamps(this.#forgotten, since) > 0 ? this.#forgotten : since;
  }

  /** Whether a flow of a resumed stream was not delivered before. */
  isNew(flow: Flow): boolean {
    if (this.#resumed === undefined) return true;
    const { uuids, upTo } = this.#resumed;
    if (!flow.uuid) return compareTimestamps(flow.time, upTo) > 0;
    if (this.#forgotten !== undefined && compareTimestamps(flow.time, this.#forgotten) <= 0) return false;
    return !uuids.has(flow.uuid);
  }
}
