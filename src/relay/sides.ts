import { type Flow, TrafficDirection, Verdict } from '../flow/gen/flow.ts';
import { Event } from '../flow/gen/netwatch.ts';

/** Which ends of a connection run on the relay's own node, and so have a socket that it observes. */
export interface Localities {
  readonly source: boolean;
  readonly destination: boolean;
}

/** Whether the observed side is the client of its connection; undefined when the observation has no side. */
function isClientSide(flow: Flow): boolean | undefined {
  if (flow.trafficDirection === TrafficDirection.EGRESS) return true;
  return flow.trafficDirection === TrafficDirection.INGRESS ? false : undefined;
}

/**
 * Whether an observation is published, so that each thing that happens on one node is told once.
 *
 * Packets and L7 messages are told by the server's side, which has seen them arrive; the client's side tells them only
 * when the server runs elsewhere. How a connection ended is told by the client's side, which waited for it; the
 * server's side tells it only when the client runs elsewhere. Drops have one side and are always told.
 */
export function isPublished(flow: Flow, local: Localities): boolean {
  const event = flow.detail?.event;
  const clientSide = isClientSide(flow);
  if (clientSide === undefined || event === Event.EVENT_DROP || flow.verdict === Verdict.DROPPED) return true;
  const [clientIsLocal, serverIsLocal] = flow.isReply
    ? [local.destination, local.source]
    : [local.source, local.destination];
  if (event === Event.EVENT_CLOSE || event === Event.EVENT_CONNECT_FAILED) return clientSide || !clientIsLocal;
  return !clientSide || !serverIsLocal;
}
