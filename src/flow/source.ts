import type { GetFlowsRequest, GetFlowsResponse } from './gen/observer.ts';

/** What a stream of flows consists of: a flow, lost events or a node's status, with the node's name and the time. */
export type FlowEvent = GetFlowsResponse;
/** What a reader asks for; the meaning of each field is Hubble's. */
export type FlowsRequest = GetFlowsRequest;

/**
 * Anything flows come from: a relay in this process, one or many over gRPC, a file.
 *
 * Events come in batches, at least one event each, in the source's order. The iteration ends when the request is
 * satisfied, when `signal` aborts (quietly), or with a `NetwatchError`. A source that has to leave events out says so
 * with a `lostEvents` event; it never waits for a slow reader at the cost of another one.
 */
export interface FlowSource {
  flows(request: FlowsRequest, signal: AbortSignal): AsyncIterable<readonly FlowEvent[]>;
}
