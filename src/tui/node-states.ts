import type { Timestamp } from '../flow/basics.ts';
import { NodeState, type NodeStatusEvent } from '../flow/gen/relay.ts';

/** One node whose flows do not arrive. */
export interface MissingNode {
  readonly name: string;
  readonly message: string;
}

interface Outage {
  readonly message: string;
  readonly since: Timestamp | undefined;
}

/** Which nodes are connected, by the last `nodeStatus` event that named them. Remembers at most 10,000 names. */
export class NodeStates {
  readonly #connected = new Set<string>();
  readonly #missing = new Map<string, Outage>();
  static readonly #limit = 10_000;

  get connected(): number {
    return this.#connected.size;
  }

  get missing(): readonly MissingNode[] {
    return Array.from(this.#missing, ([name, { message }]) => ({ name, message }));
  }

  /** Takes a status of a certain time in; for nodes that are back, returns the seconds the longest outage took. */
  apply(status: NodeStatusEvent, time: Timestamp | undefined): number | undefined {
    let longest: number | undefined;
    for (const name of status.nodeNames ?? []) {
      const before = this.#missing.get(name);
      this.#connected.delete(name);
      this.#missing.delete(name);
      if (this.#connected.size + this.#missing.size >= NodeStates.#limit) continue;
      if (status.stateChange === NodeState.NODE_CONNECTED) {
        this.#connected.add(name);
        if (before?.since === undefined || time === undefined) continue;
        longest = Math.max(longest ?? 0, time.seconds - before.since.seconds);
      } else if (status.stateChange !== NodeState.NODE_GONE) {
        this.#missing.set(name, { message: status.message ?? '', since: before?.since ?? time });
      }
    }
    return longest;
  }
}
