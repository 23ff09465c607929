import { HealthCheckResponseServingStatus as Serving } from '../flow/gen/health.ts';
import type { ServerStatusResponse } from '../flow/gen/observer.ts';
import type { Call } from '../wire/call.ts';
import { flowsOptionsOf } from '../wire/extensions.ts';
import { frameMessage } from '../wire/framing.ts';
import { decodeHealthCheckRequest, encodeHealthCheckResponse } from '../wire/gen/health.ts';
import {
  decodeGetFlowsRequest,
  encodeGetNamespacesResponse,
  encodeServerStatusResponse,
} from '../wire/gen/observer.ts';
import { decodeMessage, encodeMessage } from '../wire/message.ts';
import type { Route } from '../wire/server.ts';
import { RpcCode, rpcError } from '../wire/status.ts';
import { EncodedFlows } from './encoded-flows.ts';
import { compileMask } from './field-mask.ts';
import type { History } from './history.ts';
import { observeFlows } from './observer.ts';

export interface ObserverServiceOptions {
  readonly history: History;
  readonly status: () => ServerStatusResponse;
  readonly onLost: (count: number) => void;
}

/** Services that answer `grpc.health.v1.Health`: the server as a whole, and Hubble's observer. */
const HEALTHY = new Set(['', 'observer.Observer', 'hubble.server.Observer']);

/** The methods of a relay by path: Hubble's Observer and gRPC's Health. */
export function observerRoutes(options: ObserverServiceOptions): Readonly<Record<string, Route>> {
  const { history, status } = options;
  const plain = new EncodedFlows(history.ring, history.bytes, { withDetail: false });
  const detailed = new EncodedFlows(history.ring, history.bytes, { withDetail: true });
  const unimplemented = (what: string): Route => ({
    kind: 'unary',
    answer: () => {
      throw rpcError(RpcCode.UNIMPLEMENTED, what);
    },
  });
  return {
    '/observer.Observer/GetFlows': { kind: 'stream', answer: (call) => getFlows(call, options, plain, detailed) },
    '/observer.Observer/ServerStatus': {
      kind: 'unary',
      answer: () => encodeMessage(encodeServerStatusResponse, status()),
    },
    '/observer.Observer/GetNamespaces': {
      kind: 'unary',
      answer: () => encodeMessage(encodeGetNamespacesResponse, { namespaces: history.namespaces() }),
    },
    '/observer.Observer/GetNodes': unimplemented('a relay knows one node; ask the hub for nodes'),
    '/observer.Observer/GetAgentEvents': unimplemented('there are no agent events'),
    '/observer.Observer/GetDebugEvents': unimplemented('there are no debug events'),
    '/grpc.health.v1.Health/Check': { kind: 'unary', answer: checkHealth },
    '/grpc.health.v1.Health/Watch': { kind: 'stream', answer: watchHealth },
  };
}

async function* getFlows(
  call: Call,
  { history, onLost }: ObserverServiceOptions,
  plain: EncodedFlows,
  detailed: EncodedFlows,
): AsyncGenerator<Uint8Array> {
  const request = decodeMessage(decodeGetFlowsRequest, call.request);
  const { detail = false } = flowsOptionsOf(request.extensions);
  const mask = compileMask(request.fieldMask, detail);
  const encoded = detail ? detailed : plain;
  for await (const batch of observeFlows({ history, request, signal: call.signal, onLost })) {
    const masked = mask === undefined ? batch : { events: batch.events.map(mask), positions: [] };
    yield* encoded.encode(masked);
  }
}

const statusOf = (service: string | undefined) => (HEALTHY.has(service ?? '') ? Serving.SERVING : undefined);

function checkHealth(call: Call): Uint8Array {
  const { service } = decodeMessage(decodeHealthCheckRequest, call.request);
  const status = statusOf(service);
  if (status === undefined) throw rpcError(RpcCode.NOT_FOUND, `unknown service ${service}`);
  return encodeMessage(encodeHealthCheckResponse, { status });
}

async function* watchHealth(call: Call): AsyncGenerator<Uint8Array> {
  const { service } = decodeMessage(decodeHealthCheckRequest, call.request);
  const status = statusOf(service) ?? Serving.SERVICE_UNKNOWN;
  yield frameMessage(encodeMessage(encodeHealthCheckResponse, { status }));
  if (!call.signal.aborted) {
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }));
  }
}
