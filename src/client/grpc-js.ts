import { type ChannelOptions, Client, type ClientReadableStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { messageOf } from '../base/error.ts';
import type { FlowEvent } from '../flow/source.ts';
import { type Address, formatAddress } from '../wire/address.ts';
import { MAX_MESSAGE_BYTES } from '../wire/framing.ts';
import { decodeGetFlowsResponse } from '../wire/gen/observer.ts';
import { type Decode, decodeMessage, type Encode, encodeMessage } from '../wire/message.ts';
import { RpcCode, rpcError } from '../wire/status.ts';
import { encodeRequest, GET_FLOWS, type OpenStream } from './stream.ts';

const OPTIONS: ChannelOptions = {
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
};

const openClient = (address: Address): Client =>
  new Client(formatAddress(address), credentials.createInsecure(), OPTIONS);

function toRpcError(thrown: unknown): Error {
  const { code, details } = thrown as Partial<ServiceError>;
  return rpcError(code ?? RpcCode.UNKNOWN, details ?? messageOf(thrown));
}

export interface UnaryCall<Request, Response> {
  readonly address: Address;
  readonly path: string;
  readonly encode: Encode<Request>;
  readonly decode: Decode<Response>;
  readonly request: Request;
  readonly deadlineMs: number;
}

/** Calls a method that answers with one message, over grpc-js, on a connection of its own. */
export async function callUnary<Request, Response>(call: UnaryCall<Request, Response>): Promise<Response> {
  const client = openClient(call.address);
  try {
    return await new Promise<Response>((resolve, reject) => {
      client.makeUnaryRequest(
        call.path,
        (request: Request) => Buffer.from(encodeMessage(call.encode, request)),
        (bytes) => decodeMessage(call.decode, bytes),
        call.request,
        { deadline: Date.now() + call.deadlineMs },
        (error, response) => {
          if (error !== null) reject(toRpcError(error));
          else if (response === undefined) reject(rpcError(RpcCode.INTERNAL, 'answer without a message'));
          else resolve(response);
        },
      );
    });
  } finally {
    client.close();
  }
}

/** Events that wait unread before the call is paused. */
const PAUSE_EVENTS = 1024;

/** What a grpc-js call has delivered and not yet handed on; its events may come at any time. */
class Arrivals {
  readonly #call: ClientReadableStream<FlowEvent>;
  #events: FlowEvent[] = [];
  #state: 'waiting' | 'accepted' | 'open' | 'ended' = 'waiting';
  #error: unknown;
  #wake: () => void = () => {};

  constructor(call: ClientReadableStream<FlowEvent>) {
    this.#call = call;
    call.on('metadata', () => {
      this.#state = 'accepted';
      this.#wake();
    });
    call.on('data', (event: FlowEvent) => {
      if (this.#events.push(event) >= PAUSE_EVENTS) call.pause();
      this.#wake();
    });
    call.on('error', (error) => {
      this.#error = error;
    });
    call.on('end', () => {
      this.#state = 'ended';
      this.#wake();
    });
  }

  /** The next batch; an empty one when the server accepts the call; undefined at the end. */
  async next(): Promise<readonly FlowEvent[] | undefined> {
    while (this.#events.length === 0 && (this.#state === 'waiting' || this.#state === 'open')) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state === 'accepted') {
      this.#state = 'open';
      return [];
    }
    const batch = this.#events;
    this.#events = [];
    if (this.#call.isPaused()) this.#call.resume();
    if (batch.length > 0) return batch;
    if (this.#error !== undefined) throw toRpcError(this.#error);
    return undefined;
  }
}

/** Calls GetFlows over grpc-js: the fallback when node:http2 is in doubt. */
export const openGrpcJsStream: OpenStream = async function* (address, request, signal) {
  if (signal.aborted) return;
  const client = openClient(address);
  const call = client.makeServerStreamRequest(
    GET_FLOWS,
    (message: Uint8Array) => Buffer.from(message),
    (bytes): FlowEvent => decodeMessage(decodeGetFlowsResponse, bytes),
    encodeRequest(request),
  );
  const arrivals = new Arrivals(call);
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (let batch = await arrivals.next(); batch !== undefined; batch = await arrivals.next()) yield batch;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
    client.close();
  }
};
