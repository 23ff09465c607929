/** Reads flows of a server and counts them and those it is told to have lost; ends when together they are enough. */
import { parseAddress } from '../src/wire/address.ts';
import { callStream } from '../src/wire/client-call.ts';
import { decodeGetFlowsResponse, encodeGetFlowsRequest } from '../src/wire/gen/observer.ts';
import { encodeMessage } from '../src/wire/message.ts';

const [address = '', count = '0', options = '{}'] = process.argv.slice(2);
const { repeat = 1, ...request } = JSON.parse(options) as { readonly repeat?: number; readonly follow?: boolean };
const controller = new AbortController();
const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);

let seen = 0;
for (let round = 0; round < repeat; round++) {
  const messages = callStream({
    address: parseAddress(address),
    path: '/observer.Observer/GetFlows',
    request: encodeMessage(encodeGetFlowsRequest, request),
    decode: decodeGetFlowsResponse,
    signal,
  });
  for await (const batch of messages) {
    for (const { lostEvents } of batch) seen += lostEvents === undefined ? 1 : Number(lostEvents.numEventsLost);
    if (seen >= Number(count)) controller.abort();
  }
}
if (seen < Number(count)) throw new Error(`${seen} of ${count} flows`);
