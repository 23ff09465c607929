import { NetwatchError } from '../base/error.ts';
import type { Namespace, ServerStatusResponse } from '../flow/gen/observer.ts';
import type { FlowEvent, FlowSource, FlowsRequest } from '../flow/source.ts';
import { type Address, formatAddress } from '../wire/address.ts';
import {
  decodeGetNamespacesResponse,
  decodeServerStatusResponse,
  encodeGetNamespacesRequest,
  encodeServerStatusRequest,
} from '../wire/gen/observer.ts';
import type { Decode, Encode } from '../wire/message.ts';
import { followFlows } from './follow.ts';
import { checkHealth } from './health.ts';
import { type OpenStream, openHttp2Stream } from './stream.ts';
import { parseTarget } from './target.ts';

/** Hubble's own default for calls that are not streams. */
const REQUEST_TIMEOUT_MS = 12_000;

export interface ConnectOptions {
  /** `http2` is faster; `grpc-js` is there to compare with. `NETWATCH_TRANSPORT` decides when absent. */
  readonly transport?: 'http2' | 'grpc-js';
  /** Time for a call that is not a stream, 12 s by default. */
  readonly requestTimeoutMs?: number;
}

/** A server of flows over gRPC: a relay of ours, or any Hubble server. */
export interface RelayClient extends FlowSource {
  /** The address it connects to, as `unix:///PATH` or `HOST:PORT`. */
  readonly address: string;
  status(): Promise<ServerStatusResponse>;
  /** Namespaces that flows of the last hour came from or went to. */
  namespaces(): Promise<readonly Namespace[]>;
  /** Whether the server says that its observer is serving. */
  healthy(): Promise<boolean>;
  /** Ends every stream that is open, as if its reader had aborted. */
  close(): Promise<void>;
}

/**
 * A client of the server at `target`: `unix:///PATH` or `HOST:PORT`. Nothing is connected yet; every call connects, and
 * fails with `unavailable`, naming the address, when nobody answers. A stream that follows survives the loss of its
 * server (see `followFlows`). Throws a `usage` error for a target that is not an address.
 */
export function connectRelay(target: string, options: ConnectOptions = {}): RelayClient {
  return new GrpcRelayClient(parseTarget(target), options);
}

class GrpcRelayClient implements RelayClient {
  readonly #address: Address;
  readonly #options: ConnectOptions;
  readonly #closing = new AbortController();

  constructor(address: Address, options: ConnectOptions) {
    this.#address = address;
    this.#options = options;
  }

  get address(): string {
    return formatAddress(this.#address);
  }

  async *flows(request: FlowsRequest, signal: AbortSignal): AsyncGenerator<readonly FlowEvent[]> {
    const open = await this.#transport();
    const reader = {
      address: this.#address,
      request,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      open: this.#explained(open),
    };
    const batches = request.follow ? followFlows(reader) : reader.open(reader.address, request, reader.signal);
    for await (const batch of batches) if (batch.length > 0) yield batch;
  }

  async status(): Promise<ServerStatusResponse> {
    const path = '/observer.Observer/ServerStatus';
    return this.#call(path, encodeServerStatusRequest, decodeServerStatusResponse);
  }

  async namespaces(): Promise<readonly Namespace[]> {
    const path = '/observer.Observer/GetNamespaces';
    const { namespaces = [] } = await this.#call(path, encodeGetNamespacesRequest, decodeGetNamespacesResponse);
    return namespaces;
  }

  async healthy(): Promise<boolean> {
    return this.#explain(checkHealth(this.#address, this.#timeoutMs));
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  get #timeoutMs(): number {
    return this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  async #call<Request extends object, Response>(
    path: string,
    encode: Encode<Partial<Request>>,
    decode: Decode<Response>,
  ): Promise<Response> {
    const { callUnary } = await import('./grpc-js.ts');
    const call = { address: this.#address, path, encode, decode, request: {}, deadlineMs: this.#timeoutMs };
    return this.#explain(callUnary(call));
  }

  async #transport(): Promise<OpenStream> {
    const name = this.#options.transport ?? process.env.NETWATCH_TRANSPORT ?? 'http2';
    if (name === 'http2') return openHttp2Stream;
    if (name === 'grpc-js') return (await import('./grpc-js.ts')).openGrpcJsStream;
    throw new NetwatchError('usage', `unknown transport ${name}`, { hint: 'NETWATCH_TRANSPORT is http2 or grpc-js.' });
  }

  #explained(open: OpenStream): OpenStream {
    const explain = (thrown: unknown) => explainUnavailable(thrown, this.address);
    return async function* (address, request, signal) {
      try {
        yield* open(address, request, signal);
      } catch (thrown) {
        throw explain(thrown);
      }
    };
  }

  async #explain<T>(call: Promise<T>): Promise<T> {
    return call.catch((thrown: unknown) => {
      throw explainUnavailable(thrown, this.address);
    });
  }
}

/** node:http2 and grpc-js wrap what the system said, "connect ENOENT /run/x.sock", in news about their own streams. */
const SYSTEM_ERROR = /\b(?:connect|read|write|getaddrinfo) E[A-Z]+[^).\n]*(?:\.[^).\n ]+)*/;

function explainUnavailable(thrown: unknown, address: string): unknown {
  if (!(thrown instanceof NetwatchError) || thrown.code !== 'unavailable') return thrown;
  const reason = SYSTEM_ERROR.exec(thrown.message)?.[0] ?? thrown.message;
  return new NetwatchError('unavailable', `no answer from ${address}: ${reason}`, {
    hint: 'Is a relay running there? Start one with "netwatch relay", or name another server with --server.',
    cause: thrown.cause,
  });
}
