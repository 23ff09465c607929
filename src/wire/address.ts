import { isIP } from 'node:net';
import { NetwatchError } from '../base/error.ts';

/** Where a server listens or a client connects: a unix socket, or a host and a port. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Longest path of a unix socket, in bytes: `sun_path` of unix(7), less its NUL and the suffix it is bound under. */
const LONGEST_PATH = 99;
const HINT = 'Use unix:///run/netwatch.sock or HOST:PORT.';

function unixAddress(path: string, text: string): Address {
  if (path === '') throw new NetwatchError('usage', `address ${text} has no path`, { hint: HINT });
  if (new TextEncoder().encode(path).length > LONGEST_PATH) {
    throw new NetwatchError('usage', `unix socket path is longer than ${LONGEST_PATH} bytes: ${path}`, {
      hint: 'Choose a shorter path.',
    });
  }
  return { kind: 'unix', path };
}

/** Reads `unix:PATH`, `unix:///PATH`, `HOST:PORT` or `[IPV6]:PORT`. Throws a `usage` error for anything else. */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix://')) return unixAddress(text.slice('unix://'.length), text);
  if (text.startsWith('unix:')) return unixAddress(text.slice('unix:'.length), text);
  const match = /^(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !(port <= 65535) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new NetwatchError('usage', `not an address: ${text}`, { hint: HINT });
  }
  return { kind: 'tcp', host, port };
}

/** The address in the form that `parseAddress` reads. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix://${address.path}`;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether only this machine can reach the address. */
export function isLocalAddress(address: Address): boolean {
  if (address.kind === 'unix' || address.host === 'localhost' || address.host === '::1') return true;
  return isIP(address.host) === 4 && address.host.startsWith('127.');
}
