import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { messageOf } from '../base/error.ts';
import type { DnsClient } from './dns-client.ts';
import type { ConnectOutcome, LedgerCounter } from './ledger.ts';
import { fillPath } from './path-template.ts';
import type { RequestTemplate, Target } from './settings.ts';

// Long enough for one SYN retransmission (after 1 s), too short for a second.
const CONNECT_TIMEOUT_MS = 1500;

/** A request with everything that varies decided. */
export interface HttpCall extends RequestTemplate {
  readonly id: number;
  /** Sent as `x-request-id`; what servers decide at random hangs on it. */
  readonly requestId: string;
}

/** What came back. `heldMs` is how long servers held the request on purpose. */
export interface HttpResult {
  readonly status: number;
  readonly heldMs: number;
}

/** Sends requests to one target over connections of its own; each request and connection is in the ledger. */
export class HttpClient {
  readonly #target: Target;
  readonly #dns: DnsClient;
  readonly #ledger: LedgerCounter;
  readonly #agent: Agent;
  #sent = 0;

  constructor(target: Target, dns: DnsClient, ledger: LedgerCounter) {
    this.#target = target;
    this.#dns = dns;
    this.#ledger = ledger;
    // An agent sends TCP keep-alives on idle connections every second unless told otherwise.
    this.#agent = new Agent({ keepAlive: true, keepAliveMsecs: 60_000 });
    this.#agent.createConnection = (_options, onCreate) => {
      this.#connect().then(
        (socket) => onCreate?.(null, socket),
        (error: Error) => onCreate?.(error, undefined as never),
      );
      return undefined;
    };
  }

  /** The response to one request, read to its end, or undefined when none came: the ledger then says why. */
  async send(call: HttpCall): Promise<HttpResult | undefined> {
    const { host, port, requestsPerConnection } = this.#target;
    this.#sent += 1;
    try {
      const response = await this.#exchange(call, this.#sent % requestsPerConnection === 0);
      const status = response.statusCode ?? 0;
      const heldMs = heldMsOf(response);
      const { method, path } = call;
      this.#ledger.requests.add({ server: servedBy(response), method, path, status, slow: heldMs > 0 });
      return { status, heldMs };
    } catch (error) {
      if (!(error instanceof CountedFailure)) this.#ledger.failures.add({ host, port, reason: messageOf(error) });
      return undefined;
    }
  }

  /** Closes the connections that no request uses; resolves when they are closed. The next request opens a new one. */
  async closeIdle(): Promise<void> {
    const idle = Object.values(this.#agent.freeSockets).flatMap((sockets) => sockets ?? []);
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('close', resolve).end())));
  }

  #exchange(call: HttpCall, last: boolean): Promise<IncomingMessage> {
    const { host, port } = this.#target;
    const body = call.method === 'POST' ? JSON.stringify({ id: call.id }) : '';
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent: this.#agent,
        host,
        port,
        method: call.method,
        path: fillPath(call.path, call.id),
        headers: {
          'x-request-id': call.requestId,
          'user-agent': 'shop/1.0',
          ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
          ...(last ? { connection: 'close' } : {}),
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        response.on('error', reject);
        response.on('end', () => resolve(response));
        response.resume();
      });
      outgoing.end(body);
    });
  }

  async #connect(): Promise<Socket> {
    const { host, port } = this.#target;
    const address = await this.#dns.resolve(host);
    if (address === undefined) throw new CountedFailure(`${host} has no address`);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, noDelay: true });
      const count = (outcome: ConnectOutcome): void => this.#ledger.connects.add({ host, address, port, outcome });
      const timer = setTimeout(() => {
        count('timed-out');
        socket.destroy();
        reject(new CountedFailure(`no answer from ${address}`));
      }, CONNECT_TIMEOUT_MS);
      const fail = (error: NodeJS.ErrnoException): void => {
        clearTimeout(timer);
        const refused = error.code === 'ECONNREFUSED';
        if (refused) count('refused');
        reject(refused ? new CountedFailure(error.message) : error);
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', fail);
        count('established');
        resolve(socket);
      });
    });
  }
}

/** A failure that another entry of the ledger already tells. */
class CountedFailure extends Error {}

function servedBy(response: IncomingMessage): string {
  const pod = response.headers['x-served-by'];
  return typeof pod === 'string' ? pod : 'unknown';
}

/** The header is `server-timing: held;dur=412` (W3C Server Timing). */
function heldMsOf(response: IncomingMessage): number {
  const match = /held;dur=(\d+)/.exec(String(response.headers['server-timing'] ?? ''));
  return match === null ? 0 : Number(match[1]);
}
