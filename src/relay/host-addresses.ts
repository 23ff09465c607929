import { networkInterfaces } from 'node:os';
import type { Clock } from './clock.ts';

/** How old the list of addresses may be when an address is not in it. */
const REFRESH_MS = 10_000;

/**
 * Tells whether an address belongs to this machine: loopback, or any interface's.
 *
 * Interfaces come and go; the list is read again, at most every ten seconds, when an address is not in it. Nothing
 * happens while nobody asks.
 */
export function createHostAddresses(clock: Clock): (address: string) => boolean {
  let addresses = new Set<string>();
  let readMs = Number.NEGATIVE_INFINITY;
  return (address) => {
    if (address.startsWith('127.') || address === '::1' || addresses.has(address)) return true;
    const now = clock();
    if (now - readMs < REFRESH_MS) return false;
    readMs = now;
    addresses = new Set(Object.values(networkInterfaces()).flatMap((list) => list?.map((i) => i.address) ?? []));
    return addresses.has(address);
  };
}
