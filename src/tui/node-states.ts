import { NodeState, type NodeStatusEvent } from '../flow/gen/relay.ts';

/** One node whose flows do not arrive. */
export interface MissingNode {
  readonly name: string;
  readonly message: string;
}

/** Which nodes are connected, by the last `nodeStatus` event that named them. Remembers at most 10,000 names. */
export class NodeStates {
  readonly #connected = new Set<string>();
  readonly #missing = new Map<string, string>();
  static readonly #limit = 10_000;

  get connected(): number {
    return this.#connected.size;
  }

  get missing(): readonly MissingNode[] {
    return Array.from(this.#missing, ([name, message]) => ({ name, message }));
  }

  apply(status: NodeStatusEvent): void {
    for (const name of status.nodeNames ?? []) {
      this.#connected.delete(name);
      this.#missing.delete(name);
      if (this.#connected.size + this.#missing.size >= NodeStates.#limit) continue;
      if (status.stateChange === NodeState.NODE_CONNECTED) this.#connected.add(name);
      else if (status.stateChange !== NodeState.NODE_GONE) this.#missing.set(name, status.message ?? '');
    }
  }
}
