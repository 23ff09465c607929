import { compareTimestamps, type Timestamp } from '../flow/basics.ts';
import { type LostEvent, LostEventSource } from '../flow/gen/flow.ts';
import { Stat } from './layout.gen.ts';

/** Counters of events that found no room in the ring buffer. */
const LOST = [Stat.lostPacket, Stat.lostMessage, Stat.lostConnection, Stat.lostDrop];
/** Counters that are no loss and would only confuse, or are no counters. */
const SILENT = new Set<string>(['max']);

/** Kernel counters by name, with `kernel.` before it. */
export function nameCounters(counters: Float64Array): Readonly<Record<string, number>> {
  const named = Object.entries(Stat).filter(([name]) => !SILENT.has(name));
  return Object.fromEntries(named.map(([name, index]) => [`kernel.${name}`, counters[index] ?? 0]));
}

/** Makes one event of all that was lost between two readings of the kernel's counters. */
export class LossReport {
  #reported = 0;
  #since: Timestamp;

  constructor(now: Timestamp) {
    this.#since = now;
  }

  /** Undefined when nothing was lost since the last call. */
  next(counters: Float64Array, now: Timestamp): LostEvent | undefined {
    const total = LOST.reduce<number>((sum, index) => sum + (counters[index] ?? 0), 0);
    const numEventsLost = total - this.#reported;
    const first = compareTimestamps(this.#since, now) <= 0 ? this.#since : now;
    this.#reported = total;
    this.#since = now;
    if (numEventsLost <= 0) return undefined;
    return { source: LostEventSource.PERF_EVENT_RING_BUFFER, numEventsLost, first, last: now };
  }
}
