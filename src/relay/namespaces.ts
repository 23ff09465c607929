import type { Endpoint, Flow } from '../flow/gen/flow.ts';
import type { Namespace } from '../flow/gen/observer.ts';

const HOUR_MS = 3_600_000;
/** Most namespaces remembered; Kubernetes itself is tested with 10,000. */
const LIMIT = 20_000;

/** Namespaces that flows of the last hour came from or went to: what Hubble answers to GetNamespaces. */
export class SeenNamespaces {
  readonly #seen = new Map<string, { readonly cluster: string; readonly namespace: string; lastMs: number }>();

  add(flow: Flow, nowMs: number): void {
    this.#addEndpoint(flow.source, nowMs);
    this.#addEndpoint(flow.destination, nowMs);
  }

  #addEndpoint(endpoint: Endpoint | undefined, nowMs: number): void {
    if (!endpoint?.namespace) return;
    const cluster = endpoint.clusterName ?? '';
    const key = cluster === '' ? endpoint.namespace : `${cluster}/${endpoint.namespace}`;
    const known = this.#seen.get(key);
    if (known !== undefined) known.lastMs = nowMs;
    else if (this.#seen.size < LIMIT) this.#seen.set(key, { cluster, namespace: endpoint.namespace, lastMs: nowMs });
  }

  /** Sorted by cluster, then by name. Those not seen for an hour are forgotten. */
  list(nowMs: number): readonly Namespace[] {
    for (const [key, { lastMs }] of this.#seen) {
      if (nowMs - lastMs > HOUR_MS) this.#seen.delete(key);
    }
    const names = [...this.#seen.values()].map(({ cluster, namespace }) => ({ cluster, namespace }));
    return names.sort((a, b) => compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace));
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
