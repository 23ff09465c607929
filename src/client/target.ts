import { NetwatchError } from '../base/error.ts';
import { type Address, parseAddress } from '../wire/address.ts';

/**
 * Where a server is, from what a user types: `unix:PATH`, `unix:///PATH` or `HOST:PORT`. `tls://` is refused, not
 * ignored: nobody shall believe a connection to be private that is not.
 */
export function parseTarget(target: string): Address {
  if (target.startsWith('tls://')) {
    throw new NetwatchError('unsupported', `TLS is not supported yet: ${target}`, {
      hint: 'Use a unix socket, or forward the port and connect to 127.0.0.1.',
    });
  }
  return parseAddress(target);
}
