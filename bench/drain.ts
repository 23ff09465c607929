/** Reads flows of a server over HTTP/2 and only counts bytes of messages: the cheapest reader there is. */
import { parseAddress } from '../src/wire/address.ts';
import { callStream } from '../src/wire/client-call.ts';
import { encodeGetFlowsRequest } from '../src/wire/gen/observer.ts';
import { encodeMessage } from '../src/wire/message.ts';
import type { Reader } from '../src/wire/reader.ts';

const [address = '', count = '0', options = '{}'] = process.argv.slice(2);
const { repeat = 1, ...request } = JSON.parse(options) as { readonly repeat?: number; readonly follow?: boolean };
const controller = new AbortController();
const skip = (r: Reader): number => r.end - r.pos;

let seen = 0;
for (let round = 0; round < repeat; round++) {
  const messages = callStream({
    address: parseAddress(address),
    path: '/observer.Observer/GetFlows',
    request: encodeMessage(encodeGetFlowsRequest, request),
    decode: skip,
    signal: controller.signal,
  });
  for await (const batch of messages) {
    seen += batch.length;
    if (seen >= Number(count)) controller.abort();
  }
}
if (seen < Number(count)) throw new Error(`${seen} of ${count} flows`);
