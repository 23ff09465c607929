import type { Flow, LostEvent } from '../flow/gen/flow.ts';
import type { Namespace } from '../flow/gen/observer.ts';
import { LARGEST_RING, Ring } from '../flow/ring.ts';
import type { FlowEvent } from '../flow/source.ts';
import { type Clock, timestampOf } from './clock.ts';
import { EventBytes } from './event-bytes.ts';
import { FlowRate } from './flow-rate.ts';
import { SeenNamespaces } from './namespaces.ts';

export interface HistoryOptions {
  readonly nodeName: string;
  /** One less than a power of two, up to 65,535. */
  readonly capacity?: number | undefined;
  readonly clock: Clock;
}

/** What a relay remembers: the ring of its last flows and lost events, and who waits for more. */
export class History {
  readonly ring: Ring<FlowEvent>;
  /** The same events as bytes, by slot. */
  readonly bytes: EventBytes;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly #rate = new FlowRate();
  readonly #namespaces = new SeenNamespaces();
  #waiting: (() => void)[] = [];
  #readers = 0;
  #flows = 0;
  #closed = false;

  constructor({ nodeName, capacity = LARGEST_RING, clock }: HistoryOptions) {
    this.bytes = new EventBytes(capacity + 1);
    this.ring = new Ring(capacity, this.bytes);
    this.nodeName = nodeName;
    this.clock = clock;
  }

  /** Flows published since the start. */
  get flows(): number {
    return this.#flows;
  }

  /** Flows per second over the last minute. */
  get rate(): number {
    return this.#rate.perSecond(this.clock());
  }

  /** Namespaces of flows of the last hour. */
  namespaces(): readonly Namespace[] {
    return this.#namespaces.list(this.clock());
  }

  /** Makes flows visible to every reader, in this order. From here on nobody may change them. */
  publish(flows: readonly Flow[]): void {
    if (flows.length === 0) return;
    const now = this.clock();
    for (const flow of flows) {
      const event = { flow, nodeName: this.nodeName, time: flow.time ?? timestampOf(now) };
      this.ring.push(event, this.#readers > 0);
      this.#namespaces.add(flow, now);
    }
    this.#flows += flows.length;
    this.#rate.add(flows.length, now);
    this.#wake();
  }

  /** Puts a loss among the flows, where every reader will find it. */
  publishLost(lostEvents: LostEvent): void {
    this.ring.push({ lostEvents, nodeName: this.nodeName, time: timestampOf(this.clock()) });
    this.#wake();
  }

  /** Somebody reads until the returned function is called: new events stay objects for a while, which spares decoding. */
  read(): () => void {
    this.#readers++;
    return () => {
      this.#readers--;
    };
  }

  /** Whether nothing will be published any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Lets readers end when they have read everything. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when something is published, `signal` aborts or `timeoutMs` is over. */
  async more(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (signal.aborted || this.#closed) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const settle = () => {
        signal.removeEventListener('abort', settle);
        this.#waiting = this.#waiting.filter((waiting) => waiting !== settle);
        resolve();
      };
      this.#waiting.push(settle);
      signal.addEventListener('abort', settle);
      if (timeoutMs !== undefined) timer = setTimeout(settle, timeoutMs);
    });
    clearTimeout(timer);
  }
}
