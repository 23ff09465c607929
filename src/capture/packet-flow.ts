import type { Timestamp } from '../flow/basics.ts';
import { type Flow, FlowType, Verdict } from '../flow/gen/flow.ts';
import { Event } from '../flow/gen/netwatch.ts';
import { createFlow, detailOf, ipOf, isReplyOf, l4Of, tracePoint, trafficDirectionOf } from './flow-parts.ts';
import { Direction } from './layout.gen.ts';
import type { Observation } from './observation.ts';

/** The flow of a `struct nw_packet`: one packet that opened a conversation or showed a new TCP flag. */
export function packetFlow(o: Observation, time: Timestamp): Flow {
  const point = tracePoint(o.direction === Direction.egress);
  return createFlow({
    time,
    verdict: Verdict.FORWARDED,
    ip: ipOf(o),
    l4: l4Of(o),
    type: FlowType.L3_L4,
    eventType: point.eventType,
    traceObservationPoint: point.traceObservationPoint,
    trafficDirection: trafficDirectionOf(o),
    isReply: isReplyOf(o),
    detail: detailOf(o, Event.EVENT_PACKET),
  });
}
