import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { debug } from '../base/log.ts';
import { formatAddress, parseAddress } from './address.ts';
import { type Call, readRequest, writeChunk } from './call.ts';
import { parseTimeout } from './deadline.ts';
import { frameMessage, MAX_MESSAGE_BYTES } from './framing.ts';
import { type Listening, listenOn } from './listen.ts';
import { encodeStatusMessage, RpcCode, RpcStatus, rpcError, rpcStatusOf } from './status.ts';

const log = debug('wire');
const MAX_STREAMS_PER_CONNECTION = 100;
/** How long calls get to end by themselves when the server stops. */
const GRACE_MS = 250;

/** A method of a service: one message back, or any number of pieces that are framed already. */
export type Route =
  | { readonly kind: 'unary'; answer(call: Call): Uint8Array | Promise<Uint8Array> }
  | { readonly kind: 'stream'; answer(call: Call): AsyncIterable<Uint8Array> };

export interface ServeOptions {
  /** By path: `/observer.Observer/GetFlows`. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Addresses as `parseAddress` reads them. */
  readonly listen: readonly string[];
  /** Sent with the headers of every response. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest request in bytes, 4 MiB by default. */
  readonly maxRequestBytes?: number;
}

export interface GrpcServer {
  /** Where it listens, in the form `parseAddress` reads; port 0 has become a real port. */
  readonly addresses: readonly string[];
  /** Calls being answered right now. */
  readonly openCalls: number;
  /** Ends every call with UNAVAILABLE and closes all sockets. Resolves when nothing is left; never rejects. */
  stop(): Promise<void>;
}

/** Serves gRPC over HTTP/2 without TLS, on unix sockets and loopback addresses. Fails if any address cannot be had. */
export async function serveGrpc(options: ServeOptions): Promise<GrpcServer> {
  const server = new Server(options);
  try {
    for (const address of options.listen) await server.listen(address);
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
  return server;
}

class Server implements GrpcServer {
  readonly #options: ServeOptions;
  readonly #listening: Listening[] = [];
  readonly #servers: Http2Server[] = [];
  readonly #calls = new Set<AbortController>();
  readonly #sessions = new Set<{ close(): void; destroy(): void }>();

  constructor(options: ServeOptions) {
    this.#options = options;
  }

  get addresses(): readonly string[] {
    return this.#listening.map(({ address }) => formatAddress(address));
  }

  get openCalls(): number {
    return this.#calls.size;
  }

  async listen(address: string): Promise<void> {
    const server = createServer({ settings: { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION, enablePush: false } });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.on('error', (error) => log(() => `connection failed: ${error.message}`));
    });
    server.on('stream', (stream, headers) => void this.#serve(stream, headers));
    this.#listening.push(await listenOn(server, parseAddress(address)));
    this.#servers.push(server);
  }

  async stop(): Promise<void> {
    for (const listening of this.#listening) listening.close();
    const stopping = rpcError(RpcCode.UNAVAILABLE, 'the server is stopping');
    for (const call of this.#calls) call.abort(stopping);
    for (const session of this.#sessions) session.close();
    const deadline = Date.now() + GRACE_MS;
    while (this.#sessions.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const session of this.#sessions) session.destroy();
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on('error', (error) => log(() => `stream failed: ${error.message}`));
    if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const refusal = this.#refusal(headers);
    const route = this.#options.routes[String(headers[':path'])];
    if (refusal !== undefined || route === undefined) {
      const status = refusal ?? new RpcStatus(RpcCode.UNIMPLEMENTED, `unknown method ${headers[':path']}`);
      endWithStatus(stream, status, this.#options.headers);
      stream.resume();
      return;
    }
    await this.#answer(stream, headers, route);
  }

  #refusal(headers: IncomingHttpHeaders): RpcStatus | undefined {
    const encoding = headers['grpc-encoding'] ?? 'identity';
    if (encoding === 'identity') return undefined;
    return new RpcStatus(RpcCode.UNIMPLEMENTED, `compression ${encoding} is not supported`);
  }

  async #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, route: Route): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#calls.add(controller);
    stream.once('close', () => controller.abort(rpcError(RpcCode.CANCELLED, 'the client went away')));
    const timeoutMs = parseTimeout(String(headers['grpc-timeout'] ?? ''));
    const expire = () => controller.abort(rpcError(RpcCode.DEADLINE_EXCEEDED, 'deadline exceeded'));
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    let status = new RpcStatus(RpcCode.OK, '');
    try {
      const request = await raceAbort(readRequest(stream, this.#options.maxRequestBytes ?? MAX_MESSAGE_BYTES), signal);
      const call: Call = { request, metadata: headers, signal };
      if (route.kind === 'unary') {
        const message = await raceAbort(Promise.resolve(route.answer(call)), signal);
        this.#respond(stream);
        stream.write(frameMessage(message));
      } else await this.#pump(stream, route.answer(call), signal);
      if (signal.aborted) throw signal.reason;
    } catch (thrown) {
      status = rpcStatusOf(thrown);
      log(() => `${headers[':path']} ended with ${status.code}: ${status.message}`);
    }
    clearTimeout(timer);
    endWithStatus(stream, status, this.#options.headers);
    this.#calls.delete(controller);
  }

  async #pump(stream: ServerHttp2Stream, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      // The first piece may be long in coming; its error, though, belongs into a response without headers.
      const first = iterator.next();
      const early = await Promise.race([first, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
      this.#respond(stream);
      for (let next = early ?? (await first); !next.done; next = await iterator.next()) {
        await writeChunk(stream, next.value, signal);
        if (signal.aborted) return;
      }
    } finally {
      await iterator.return?.();
    }
  }

  #respond(stream: ServerHttp2Stream): void {
    if (stream.destroyed || stream.headersSent) return;
    stream.respond({ ...responseHeaders, ...this.#options.headers }, { waitForTrailers: true });
  }
}

const responseHeaders = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'identity' };

function endWithStatus(
  stream: ServerHttp2Stream,
  status: RpcStatus,
  headers: Readonly<Record<string, string>> | undefined,
): void {
  if (stream.destroyed || stream.closed) return;
  const trailers: Record<string, string> = { 'grpc-status': String(status.code) };
  if (status.message !== '') trailers['grpc-message'] = encodeStatusMessage(status.message);
  if (!stream.headersSent) {
    stream.respond({ ...responseHeaders, ...headers, ...trailers }, { endStream: true });
    return;
  }
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end();
}

/** What `work` gives, or the reason of `signal` if that comes first. */
function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
