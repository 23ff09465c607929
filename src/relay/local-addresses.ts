/** How long a socket's word counts: an address may move to another node. */
const TTL_SECONDS = 10;
/** Beyond that many the oldest half-truths are forgotten at once, and cost a few messages told by both sides. */
const CAPACITY = 4096;

/**
 * Addresses that a socket on this node was seen to have, however unknown they are to the endpoint table. Without them
 * two nameless network namespaces on one node would each look like the other's far side, and tell everything twice.
 */
export class LocalAddresses {
  readonly #seen = new Map<string, number>();

  /** Notes that a socket here had the address at that time, in seconds. */
  add(address: string, seconds: number): void {
    if (this.#seen.size >= CAPACITY && !this.#seen.has(address)) this.#seen.clear();
    this.#seen.set(address, seconds);
  }

  /** Whether a socket here had the address within the last 10 seconds before that time. */
  has(address: string, seconds: number): boolean {
    const seen = this.#seen.get(address);
    return seen !== undefined && seconds - seen <= TTL_SECONDS;
  }
}
