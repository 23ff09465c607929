import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from './http-client.ts';
import { idOf, matchesPath } from './path-template.ts';
import { drawFor, pickWithin } from './random.ts';
import type { HttpServerSettings, Route, UpstreamCall } from './settings.ts';

export interface HttpServerContext {
  readonly pod: string;
  readonly seed: number;
  /** The client for an upstream call; the same one for the same call. */
  clientFor(call: UpstreamCall): HttpClient;
}

interface Reply {
  readonly status: number;
  readonly heldMs: number;
  readonly bodyBytes: number;
}

const MAX_ID = 1000;

/**
 * Serves the routes. Whether a request is held or fails hangs on the seed and its `x-request-id` alone, so the order in
 * which requests arrive changes nothing. Resolves when it listens.
 */
export async function serveHttp(settings: HttpServerSettings, context: HttpServerContext): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, settings, context).then(
      (reply) => writeReply(outgoing, context.pod, reply),
      () => outgoing.destroy(),
    );
  });
  // Connections end when their client says so; a server that closes idle ones would race with its clients' requests.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '0.0.0.0', resolve);
  });
  return server;
}

async function answer(
  incoming: IncomingMessage,
  settings: HttpServerSettings,
  context: HttpServerContext,
): Promise<Reply> {
  for await (const _chunk of incoming);
  const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
  const route = settings.routes.find((each) => each.method === incoming.method && matchesPath(each.path, path));
  if (route === undefined) return { status: 404, heldMs: 0, bodyBytes: 24 };
  const header = incoming.headers['x-request-id'];
  const requestId = typeof header === 'string' ? header : '';
  return answerRoute(route, path, requestId, context);
}

async function answerRoute(route: Route, path: string, requestId: string, context: HttpServerContext): Promise<Reply> {
  const draw = (what: string): number => drawFor(context.seed, requestId, what);
  let heldMs = 0;
  if (route.held !== undefined && draw('held') < route.held.share) heldMs = pickWithin(route.held.ms, draw('held ms'));
  await sleep(pickWithin(route.busyMs, draw('busy')) + heldMs);
  if (route.failure !== undefined && draw('failure') < route.failure.share) {
    return { status: route.failure.status, heldMs, bodyBytes: 80 };
  }
  const id = idOf(path) ?? pickWithin([1, MAX_ID], draw('id'));
  for (const [index, call] of (route.calls ?? []).entries()) {
    const result = await context.clientFor(call).send({ ...call, id, requestId: `${requestId}.${index}` });
    heldMs += result?.heldMs ?? 0;
    const status = result?.status ?? 502;
    if (status >= 400) return { status, heldMs, bodyBytes: 80 };
  }
  return { status: route.status, heldMs, bodyBytes: route.bodyBytes };
}

function writeReply(outgoing: ServerResponse, pod: string, { status, heldMs, bodyBytes }: Reply): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bodyBytes,
    'x-served-by': pod,
    ...(heldMs > 0 ? { 'server-timing': `held;dur=${heldMs}` } : {}),
  });
  outgoing.end(
    JSON.stringify({ ok: status < 400 })
      .padEnd(bodyBytes)
      .slice(0, bodyBytes),
  );
}
