import type { FlowEvent, FlowsRequest } from '../flow/source.ts';
import type { Address } from '../wire/address.ts';
import { callStream } from '../wire/client-call.ts';
import { packFlowsOptions } from '../wire/extensions.ts';
import { decodeGetFlowsResponse, encodeGetFlowsRequest } from '../wire/gen/observer.ts';
import { encodeMessage } from '../wire/message.ts';

/** Path of the call that everything is about. */
export const GET_FLOWS = '/observer.Observer/GetFlows';

/** One GetFlows call: an empty batch when the server has accepted it, then its batches until it ends or fails. */
export type OpenStream = (
  address: Address,
  request: FlowsRequest,
  signal: AbortSignal,
) => AsyncIterable<readonly FlowEvent[]>;

/** The request as bytes; it asks for netwatch's detail, which Hubble's servers ignore. */
export function encodeRequest(request: FlowsRequest): Uint8Array {
  const extensions = request.extensions ?? packFlowsOptions({ detail: true });
  return encodeMessage(encodeGetFlowsRequest, { ...request, extensions });
}

/** Calls GetFlows over node:http2. */
export const openHttp2Stream: OpenStream = (address, request, signal) =>
  callStream({ address, path: GET_FLOWS, request: encodeRequest(request), decode: decodeGetFlowsResponse, signal });
