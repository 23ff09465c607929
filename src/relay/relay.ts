import type { FlowDraft } from '../capture/flow-parts.ts';
import type { Observation } from '../capture/observation.ts';
import type { CaptureOptions } from '../capture/options.ts';
import type { CaptureSink } from '../capture/sink.ts';
import type { Uint64 } from '../flow/basics.ts';
import type { EndpointTable } from '../flow/endpoints.ts';
import { type Flow, type LostEvent, TrafficDirection } from '../flow/gen/flow.ts';
import type { ServerStatusResponse } from '../flow/gen/observer.ts';
import type { FlowEvent, FlowSource, FlowsRequest } from '../flow/source.ts';
import { type GrpcServer, serveGrpc } from '../wire/server.ts';
import type { Clock } from './clock.ts';
import { Enricher } from './enrich.ts';
import { History } from './history.ts';
import { createHostAddresses } from './host-addresses.ts';
import { observeFlows } from './observer.ts';
import { observerRoutes } from './observer-service.ts';
import { isPublished } from './sides.ts';

/** A capture that runs. */
interface RunningCapture {
  stop(): void;
  /** Named counts since the start, losses included. */
  counters(): Readonly<Record<string, number>>;
  hooks(): readonly RelayHook[];
}

/** One kernel hook, and whether it is attached; `reason` when the kernel refused it. */
interface RelayHook {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
}

/** Starts a capture; flows arrive at the sink until it is stopped. */
type StartCapture = (options: CaptureOptions, sink: CaptureSink) => RunningCapture;

export interface RelayOptions {
  /** Name of the watched node, in every flow; `cluster/node` in a cluster. */
  readonly nodeName: string;
  /** Version of this build, `1.2.3`. */
  readonly version: string;
  readonly endpoints: EndpointTable;
  /** Flows to remember: one less than a power of two, 65,535 by default. */
  readonly ringCapacity?: number;
  /** `unix:///PATH` or loopback `HOST:PORT`; none for a relay that only this process reads. */
  readonly listen: readonly string[];
  /** `known` publishes only flows with at least one end in the endpoint table. */
  readonly scope: 'all' | 'known';
  /** What the capture is told; everything has a default. */
  readonly captureOptions?: CaptureOptions;
  /** The capture to use instead of the kernel's. */
  readonly capture?: StartCapture;
  /** Whether an address is the node's own; asks this machine's interfaces by default. */
  readonly isHostAddress?: (address: string) => boolean;
  readonly clock?: Clock;
}

/** The server of one node: observes it, remembers its last flows and serves them. */
export interface Relay {
  /** The same flows that clients get, without a socket. Its streams end when the relay stops. */
  readonly source: FlowSource;
  /** Where it listens, in the form clients connect to. */
  readonly addresses: readonly string[];
  status(): ServerStatusResponse;
  /** Named counts since the start: what was published, what was not and why, what was lost; the capture's own too. */
  counters(): Readonly<Record<string, number>>;
  hooks(): readonly RelayHook[];
  /** Stops the capture, ends every call and closes the sockets. */
  stop(): Promise<void>;
}

/** Starts a relay. Fails with what `capture` or an address fails with, and then leaves nothing behind. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const start = options.capture ?? (await import('../capture/capture.ts')).startCapture;
  const relay = new NodeRelay(options);
  await relay.listen();
  try {
    relay.observe(start);
  } catch (thrown) {
    await relay.stop();
    throw thrown;
  }
  return relay;
}

class NodeRelay implements Relay {
  readonly source: FlowSource;
  readonly #options: RelayOptions;
  readonly #history: History;
  readonly #enricher: Enricher;
  readonly #startedMs: number;
  readonly #counts = { seen: 0, otherSide: 0, outOfScope: 0, lostInCapture: 0, lostByReaders: 0 };
  #server: GrpcServer | undefined;
  #capture: RunningCapture | undefined;

  constructor(options: RelayOptions) {
    const { nodeName, version, endpoints, ringCapacity, clock = Date.now } = options;
    this.#options = options;
    this.#startedMs = clock();
    this.#history = new History({ nodeName, capacity: ringCapacity, clock });
    const isHostAddress = options.isHostAddress ?? createHostAddresses(clock);
    this.#enricher = new Enricher({ nodeName, version, endpoints, isHostAddress });
    this.source = { flows: (request, signal) => this.#read(request, signal) };
  }

  get addresses(): readonly string[] {
    return this.#server?.addresses ?? [];
  }

  async listen(): Promise<void> {
    if (this.#options.listen.length === 0) return;
    this.#server = await serveGrpc({
      routes: observerRoutes({
        history: this.#history,
        status: () => this.status(),
        onLost: this.#onReaderLost,
      }),
      listen: this.#options.listen,
      headers: { 'hubble-server-version': this.#options.version },
    });
  }

  observe(start: StartCapture): void {
    this.#capture = start(this.#options.captureOptions ?? {}, {
      wants: (o, trafficDirection, isReply) => this.#wants(o, trafficDirection, isReply),
      flows: (flows) => this.#publish(flows),
      lost: (event) => this.#lost(event),
    });
  }

  status(): ServerStatusResponse {
    const { ring, flows, rate, clock } = this.#history;
    return {
      numFlows: ring.length,
      maxFlows: ring.capacity,
      seenFlows: flows,
      uptimeNs: nanoseconds(clock() - this.#startedMs),
      version: `netwatch v${this.#options.version}`,
      flowsRate: rate,
    };
  }

  counters(): Readonly<Record<string, number>> {
    const own = { ...this.#counts, published: this.#history.flows, readers: this.#server?.openCalls ?? 0 };
    const prefixed = Object.entries(own).map(([name, value]) => [`relay.${name}`, value]);
    return { ...Object.fromEntries(prefixed), ...this.#capture?.counters() };
  }

  hooks(): readonly RelayHook[] {
    return this.#capture?.hooks() ?? [];
  }

  async stop(): Promise<void> {
    this.#capture?.stop();
    await this.#server?.stop();
    this.#history.close();
  }

  readonly #onReaderLost = (count: number): void => {
    this.#counts.lostByReaders += count;
  };

  async *#read(request: FlowsRequest, signal: AbortSignal): AsyncGenerator<readonly FlowEvent[]> {
    const observation = { history: this.#history, request, signal, onLost: this.#onReaderLost };
    for await (const { events } of observeFlows(observation)) yield events;
  }

  /** Turns down what `isPublished` will not let through, as far as the table alone can tell, and counts it as seen. */
  #wants(o: Observation, trafficDirection: number | undefined, isReply: boolean | undefined): boolean {
    if (trafficDirection !== TrafficDirection.EGRESS) return true;
    const isServerLocal = isReply
      ? this.#enricher.isKnownLocal(o.source, o.sourcePort)
      : this.#enricher.isKnownLocal(o.destination, o.destinationPort);
    if (!isServerLocal) return true;
    this.#counts.seen++;
    this.#counts.otherSide++;
    return false;
  }

  #publish(flows: readonly FlowDraft[]): void {
    const published: Flow[] = [];
    for (const observed of flows) {
      const { flow, local, known } = this.#enricher.enrich(observed);
      if (this.#options.scope === 'known' && !known) this.#counts.outOfScope++;
      else if (!isPublished(flow, local)) this.#counts.otherSide++;
      else published.push(flow);
    }
    this.#counts.seen += flows.length;
    this.#history.publish(published);
  }

  #lost(event: LostEvent): void {
    this.#counts.lostInCapture += Number(event.numEventsLost ?? 0);
    this.#history.publishLost(event);
  }
}

/** Exact also after 104 days, when a number no longer is. */
function nanoseconds(ms: number): Uint64 {
  const exact = BigInt(Math.round(ms)) * 1_000_000n;
  return exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}
