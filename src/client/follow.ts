import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '../base/backoff.ts';
import { messageOf, NetwatchError } from '../base/error.ts';
import { debug } from '../base/log.ts';
import type { Timestamp } from '../flow/basics.ts';
import { NodeState } from '../flow/gen/relay.ts';
import type { FlowEvent, FlowsRequest } from '../flow/source.ts';
import { type Address, formatAddress } from '../wire/address.ts';
import { SeenFlows } from './seen-flows.ts';
import type { OpenStream } from './stream.ts';

const log = debug('client');

export interface FollowOptions {
  readonly address: Address;
  readonly request: FlowsRequest;
  readonly signal: AbortSignal;
  readonly open: OpenStream;
  readonly backoff?: Backoff;
}

/**
 * Follows a relay over its restarts and network trouble.
 *
 * The first connection has to succeed. When it is lost later, a NODE_UNAVAILABLE event says so and why; attempts to
 * return come at growing intervals, at most 15 s; the stream is resumed where it broke, no flow is delivered twice, and
 * a NODE_CONNECTED event says since when flows may be missing. Any answer but UNAVAILABLE ends it with that error.
 */
export async function* followFlows(options: FollowOptions): AsyncGenerator<readonly FlowEvent[]> {
  const following = new Following(options);
  const { signal } = options;
  for (;;) {
    try {
      yield* following.read();
      if (signal.aborted) return;
      following.lose(new NetwatchError('unavailable', 'the relay ended the stream'));
    } catch (thrown) {
      if (signal.aborted) return;
      if (!(thrown instanceof NetwatchError) || thrown.code !== 'unavailable' || !following.connectedOnce) throw thrown;
      following.lose(thrown);
    }
    const status = following.takeStatus();
    if (status !== undefined) yield [status];
    await following.pause();
    if (signal.aborted) return;
  }
}

class Following {
  readonly #options: FollowOptions;
  readonly #backoff: Backoff;
  readonly #seen = new SeenFlows();
  #connectedOnce = false;
  #nodeName: string;
  #lostAt: Date | undefined;
  #status: FlowEvent | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff({ initialMs: 250, maxMs: 15_000, jitter: 0.5 });
    this.#nodeName = formatAddress(options.address);
  }

  get connectedOnce(): boolean {
    return this.#connectedOnce;
  }

  async *read(): AsyncGenerator<readonly FlowEvent[]> {
    const { address, open, signal } = this.#options;
    for await (const batch of open(address, this.#request(), signal)) {
      const back = this.#connected();
      if (back !== undefined) yield [back];
      const fresh = this.#fresh(batch);
      if (fresh.length > 0) yield fresh;
    }
  }

  /** Notes that the connection broke; only the first failure in a row is worth a word. */
  lose(cause: Error): void {
    log(() => `lost ${formatAddress(this.#options.address)}: ${messageOf(cause)}`);
    if (this.#lostAt !== undefined) return;
    this.#lostAt = new Date();
    this.#status = this.#statusEvent(NodeState.NODE_UNAVAILABLE, `lost the relay: ${cause.message}; trying to return`);
  }

  takeStatus(): FlowEvent | undefined {
    const status = this.#status;
    this.#status = undefined;
    return status;
  }

  async pause(): Promise<void> {
    await delay(this.#backoff.next(), undefined, { signal: this.#options.signal }).catch(() => undefined);
  }

  #connected(): FlowEvent | undefined {
    this.#connectedOnce = true;
    this.#backoff.reset();
    if (this.#lostAt === undefined) return undefined;
    const since = this.#lostAt.toISOString();
    this.#lostAt = undefined;
    return this.#statusEvent(NodeState.NODE_CONNECTED, `connected again; flows since ${since} may be missing`);
  }

  #request(): FlowsRequest {
    const { request } = this.#options;
    if (this.#lostAt === undefined) return request;
    const since = this.#seen.resume() ?? request.since ?? timestampOf(this.#lostAt);
    const { number: _number, first: _first, ...rest } = request;
    return { ...rest, since };
  }

  #fresh(batch: readonly FlowEvent[]): readonly FlowEvent[] {
    return batch.filter(({ flow, nodeName }) => {
      if (nodeName) this.#nodeName = nodeName;
      if (flow === undefined) return true;
      if (!this.#seen.isNew(flow)) return false;
      this.#seen.add(flow);
      return true;
    });
  }

  #statusEvent(stateChange: number, message: string): FlowEvent {
    const nodeStatus = { stateChange, nodeNames: [this.#nodeName], message };
    return { nodeStatus, nodeName: this.#nodeName, time: timestampOf(new Date()) };
  }
}

function timestampOf(date: Date): Timestamp {
  const ms = date.getTime();
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
}
