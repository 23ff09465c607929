import type { Timestamp } from '../flow/basics.ts';
import { Event } from '../flow/gen/netwatch.ts';
import {
  createFlow,
  isReplyOf,
  l4Of,
  type ObservedFlow,
  setReply,
  setTracePoint,
  trafficDirectionOf,
} from './flow-parts.ts';
import { Direction } from './layout.gen.ts';
import type { Observation } from './observation.ts';

/** The flow of a `struct nw_packet`: one packet that opened a conversation or showed a new TCP flag. */
export function packetFlow(o: Observation, time: Timestamp): ObservedFlow {
  const flow = createFlow(o, time, l4Of(o, true), Event.EVENT_PACKET);
  setTracePoint(flow, o.direction === Direction.egress);
  flow.trafficDirection = trafficDirectionOf(o);
  setReply(flow, isReplyOf(o));
  return flow;
}
