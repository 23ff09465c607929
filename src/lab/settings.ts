import type { Ledger } from './ledger.ts';

/** One request that a task or a route sends; `{id}` in `path` becomes a number. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  /** A path with `{id}` for each number in it: `/v1/products/{id}`. */
  readonly path: string;
  /** How often the task picks it, relative to the task's others; 1 when absent. */
  readonly weight?: number;
}

/** Where requests go and how many share a connection. */
export interface Target {
  /** A DNS name, resolved anew for every connection. */
  readonly host: string;
  readonly port: number;
  /** 1: a connection per request. n: keep-alive, closed by the client after the n-th. */
  readonly requestsPerConnection: number;
}

/** Sends HTTP requests one after the other, `everyMs` apart at rate 1. */
export interface HttpTask extends Target {
  readonly kind: 'http';
  /** Unique within the pod; part of the seed and of request ids. */
  readonly name: string;
  readonly everyMs: number;
  readonly requests: readonly RequestTemplate[];
}

/** Asks for the A record of one name, `everyMs` apart at rate 1. */
interface DnsTask {
  readonly kind: 'dns';
  readonly name: string;
  readonly everyMs: number;
  readonly query: string;
  readonly transport: 'udp' | 'tcp';
}

export type Task = HttpTask | DnsTask;

/** A request that a server sends to another one before it answers. */
export interface UpstreamCall extends Target, RequestTemplate {}

/** What a server answers to one method and path. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly status: number;
  /** Size of the response body. */
  readonly bodyBytes: number;
  /** Ordinary work before the answer, milliseconds from..to. */
  readonly busyMs: readonly [number, number];
  /** In turn; the first that fails ends the request with 404, 503 or 502. */
  readonly calls?: readonly UpstreamCall[];
  /** A fault: this share (0..1) of requests waits that much longer. */
  readonly held?: { readonly share: number; readonly ms: readonly [number, number] };
  /** A fault: this share (0..1) of requests is answered with that status. */
  readonly failure?: { readonly share: number; readonly status: number };
}

export interface HttpServerSettings {
  readonly port: number;
  readonly routes: readonly Route[];
}

export interface DnsServerSettings {
  readonly port: number;
  /** Lower-case name without the final dot → IPv4 address. */
  readonly names: Readonly<Record<string, string>>;
  /** Names below this suffix that are not in `names` do not exist; names elsewhere are refused. */
  readonly zone: string;
}

/** Everything one pod process is told, once, before it opens a socket. */
export interface PodSettings {
  readonly pod: string;
  readonly seed: number;
  /** Divides every `everyMs`. */
  readonly rate: number;
  /** Requests per task and lane, after which it ends; endless when absent. */
  readonly rounds?: number;
  readonly dnsAddress: string;
  readonly http?: HttpServerSettings;
  readonly dns?: DnsServerSettings;
  readonly tasks: readonly Task[];
}

/** What the lab tells a pod. `listen` comes first and once; each message has exactly one answer, see `PodAnswer`. */
export type PodOrder =
  | { readonly kind: 'listen'; readonly settings: PodSettings }
  | { readonly kind: 'resume' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'close' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'ledger' };

/** What a pod answers, with the order's kind: `pause` when nothing is in flight, `close` when it has closed its idle connections, `finish` when every task has done its rounds. */
export type PodAnswer =
  | { readonly kind: 'listen' | 'resume' | 'pause' | 'close' | 'finish' }
  | { readonly kind: 'ledger'; readonly ledger: Ledger }
  | { readonly kind: 'failed'; readonly message: string };
