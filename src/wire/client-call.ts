import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/error.ts';
import { type Address, formatAddress } from './address.ts';
import { formatTimeout } from './deadline.ts';
import { FrameReader, frameMessage, MAX_MESSAGE_BYTES } from './framing.ts';
import type { Decode } from './message.ts';
import { Reader } from './reader.ts';
import { decodeStatusMessage, RpcCode, rpcError } from './status.ts';

/** How much the server may send ahead of what was read: large enough that a fast local stream never waits for credit. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Bytes that wait undecoded before the stream is paused. */
const PAUSE_BYTES = 512 * 1024;
/** Most messages of one batch. */
const BATCH_BYTES = 256 * 1024;

export interface StreamCall<T> {
  readonly address: Address;
  readonly path: string;
  readonly request: Uint8Array;
  readonly decode: Decode<T>;
  readonly signal: AbortSignal;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Called with the headers of the response when they arrive. */
  readonly onHeaders?: (headers: IncomingHttpHeaders) => void;
}

/**
 * Calls a server-streaming method on a connection of its own.
 *
 * Yields an empty batch when the server has accepted the call, then the messages of as many frames as have arrived.
 * At most 4 MiB are on their way and half a MiB waits here; then the server has to wait. Ends when the server says
 * OK or when `signal` aborts; throws a NetwatchError otherwise, `unavailable` when the connection was the problem.
 */
export async function* callStream<T>(call: StreamCall<T>): AsyncGenerator<readonly T[]> {
  if (call.signal.aborted) return;
  const receiver = new Receiver(call);
  try {
    for (;;) {
      const batch = await receiver.next();
      if (batch === undefined) return;
      yield batch;
    }
  } finally {
    receiver.close();
  }
}

class Receiver<T> {
  readonly #call: StreamCall<T>;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #frames = new FrameReader(MAX_MESSAGE_BYTES);
  readonly #abort = () => this.close();
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Set when nothing more will arrive; tells, once everything is decoded, how the call ended. */
  #ended: (() => unknown) | undefined;
  #trailers: IncomingHttpHeaders = {};
  #accepted: 'no' | 'yes' | 'told' = 'no';
  #wake: () => void = () => {};

  constructor(call: StreamCall<T>) {
    this.#call = call;
    this.#session = openSession(call.address);
    this.#session.on('error', (error) => this.#fail(error));
    this.#stream = this.#session.request(requestHeaders(call));
    this.#stream.on('response', (headers) => this.#onResponse(headers));
    this.#stream.on('trailers', (headers) => {
      this.#trailers = { ...this.#trailers, ...headers };
    });
    this.#stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('close', () => this.#onClose());
    this.#stream.end(frameMessage(call.request));
    call.signal.addEventListener('abort', this.#abort, { once: true });
  }

  async next(): Promise<readonly T[] | undefined> {
    while (this.#chunks.length === 0 && this.#ended === undefined && this.#accepted !== 'yes') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#accepted === 'yes') {
      this.#accepted = 'told';
      return [];
    }
    if (this.#chunks.length > 0 && !this.#call.signal.aborted) return this.#decode();
    const error = this.#ended?.();
    if (error === undefined || this.#call.signal.aborted) return undefined;
    throw error;
  }

  close(): void {
    this.#ended ??= () => undefined;
    this.#call.signal.removeEventListener('abort', this.#abort);
    this.#stream.close(8);
    this.#session.destroy();
    this.#chunks = [];
    this.#wake();
  }

  #decode(): readonly T[] {
    const messages: T[] = [];
    let taken = 0;
    let used = 0;
    while (taken < BATCH_BYTES && used < this.#chunks.length) {
      const chunk = this.#chunks[used++];
      if (chunk === undefined) break;
      taken += chunk.length;
      this.#frames.push(chunk, (bytes, start, end) => {
        messages.push(this.#call.decode(new Reader(bytes, start, end)));
      });
    }
    this.#chunks.splice(0, used);
    this.#bytes -= taken;
    if (this.#bytes < PAUSE_BYTES && this.#stream.isPaused()) this.#stream.resume();
    return messages;
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= PAUSE_BYTES) this.#stream.pause();
    this.#wake();
  }

  #onResponse(headers: IncomingHttpHeaders): void {
    this.#trailers = headers;
    this.#call.onHeaders?.(headers);
    if (headers['grpc-status'] === undefined && Number(headers[':status']) === 200) this.#accepted = 'yes';
    this.#wake();
  }

  #onClose(): void {
    this.#ended ??= () => this.#outcome();
    this.#wake();
  }

  /** How the call ended by its headers and trailers; undefined when all is well. */
  #outcome(): unknown {
    const http = this.#trailers[':status'];
    if (http === undefined) return this.#broken('the connection was closed');
    const status = this.#trailers['grpc-status'];
    if (status === undefined) {
      if (Number(http) === 200) return this.#broken('the stream was cut off');
      return rpcError(RpcCode.UNKNOWN, `${formatAddress(this.#call.address)} answered HTTP ${http}: not a gRPC server`);
    }
    if (Number(status) === RpcCode.OK) {
      return this.#frames.incomplete
        ? rpcError(RpcCode.INTERNAL, 'stream ended in the middle of a message')
        : undefined;
    }
    return rpcError(Number(status), decodeStatusMessage(String(this.#trailers['grpc-message'] ?? '')));
  }

  #fail(cause: unknown): void {
    this.#ended ??= () => this.#broken(messageOf(cause));
    this.#wake();
  }

  #broken(how: string): unknown {
    return rpcError(RpcCode.UNAVAILABLE, how);
  }
}

function openSession(address: Address): ClientHttp2Session {
  const createConnection = (): Duplex =>
    connectSocket(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port });
  const session = connect('http://localhost', {
    createConnection,
    settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
  });
  session.once('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
  return session;
}

function requestHeaders<T>(call: StreamCall<T>): Record<string, string> {
  const headers: Record<string, string> = {
    ...call.metadata,
    ':method': 'POST',
    ':path': call.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-accept-encoding': 'identity',
    'user-agent': 'netwatch',
  };
  if (call.deadlineMs !== undefined) headers['grpc-timeout'] = formatTimeout(call.deadlineMs);
  return headers;
}
