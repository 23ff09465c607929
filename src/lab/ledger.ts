/** HTTP requests that were answered in full. */
export interface RequestCount {
  /** Pod names. `server` is the pod that answered, behind whatever service address. */
  readonly client: string;
  readonly server: string;
  readonly method: string;
  /** Path template, `{id}` for each number. */
  readonly path: string;
  readonly status: number;
  /** Held back on purpose, by this server or one behind it. */
  readonly slow: boolean;
  readonly count: number;
}

/** DNS queries, one per query message sent. */
export interface QueryCount {
  readonly client: string;
  readonly name: string;
  readonly transport: 'udp' | 'tcp';
  /** Name of the response code, or `TIMEOUT` when none came. */
  readonly rcode: string;
  readonly count: number;
}

/** How an attempt to connect ended. `timed-out`: the client gave up while its SYN was unanswered. */
export type ConnectOutcome = 'established' | 'refused' | 'timed-out';

/** TCP connections to HTTP servers, by where the client meant to go. */
export interface ConnectCount {
  readonly client: string;
  readonly host: string;
  /** The address the name resolved to: the service's. */
  readonly address: string;
  readonly port: number;
  readonly outcome: ConnectOutcome;
  readonly count: number;
}

/** Requests that ended in any way that no other entry counts. Empty unless the lab itself is in trouble. */
export interface FailureCount {
  readonly client: string;
  readonly host: string;
  readonly port: number;
  readonly reason: string;
  readonly count: number;
}

/** The lab's own exact log of what it sent since it started, summed up. Entries are unique and in a stable order. */
export interface Ledger {
  readonly requests: readonly RequestCount[];
  readonly queries: readonly QueryCount[];
  readonly connects: readonly ConnectCount[];
  readonly failures: readonly FailureCount[];
}

type Counted<T> = Omit<T, 'count' | 'client'>;

class Tally<T extends { readonly count: number; readonly client: string }> {
  readonly #client: string;
  readonly #entries = new Map<string, { key: Counted<T>; count: number }>();

  constructor(client: string) {
    this.#client = client;
  }

  add(key: Counted<T>): void {
    const text = JSON.stringify(key);
    const entry = this.#entries.get(text);
    if (entry === undefined) this.#entries.set(text, { key, count: 1 });
    else entry.count += 1;
  }

  list(): readonly T[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { key, count }]) => this.#entry(key, count));
  }

  #entry(key: Counted<T>, count: number): T {
    return { client: this.#client, ...key, count } as unknown as T;
  }
}

/** Counts what one pod sends. Every key must be written with its fields in the same order. */
export class LedgerCounter {
  readonly requests: Tally<RequestCount>;
  readonly queries: Tally<QueryCount>;
  readonly connects: Tally<ConnectCount>;
  readonly failures: Tally<FailureCount>;

  /** `client` is the pod's name. */
  constructor(client: string) {
    this.requests = new Tally(client);
    this.queries = new Tally(client);
    this.connects = new Tally(client);
    this.failures = new Tally(client);
  }

  read(): Ledger {
    return {
      requests: this.requests.list(),
      queries: this.queries.list(),
      connects: this.connects.list(),
      failures: this.failures.list(),
    };
  }
}

/** One ledger of many pods' ledgers; every pod counts under its own name, so no entries fall together. */
export function joinLedgers(ledgers: readonly Ledger[]): Ledger {
  return {
    requests: ledgers.flatMap((ledger) => ledger.requests),
    queries: ledgers.flatMap((ledger) => ledger.queries),
    connects: ledgers.flatMap((ledger) => ledger.connects),
    failures: ledgers.flatMap((ledger) => ledger.failures),
  };
}

/** The sum of the counts of entries that `matches` accepts. */
export function sumCounts<T extends { readonly count: number }>(
  entries: readonly T[],
  matches: (entry: T) => boolean,
): number {
  return entries.reduce((sum, entry) => (matches(entry) ? sum + entry.count : sum), 0);
}
