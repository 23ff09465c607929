import type { Timestamp } from '../flow/basics.ts';
import {
  type Flow,
  type IP,
  IPVersion,
  type Layer4,
  type TCPFlags,
  TraceObservationPoint,
  TrafficDirection,
} from '../flow/gen/flow.ts';
import type { FlowDetail } from '../flow/gen/netwatch.ts';
import { Direction, Role } from './layout.gen.ts';
import type { Observation } from './observation.ts';

/** Cilium's monitor message types (pkg/monitor/api): the first number of Flow.eventType. */
export const EventTypeNumber = { drop: 1, trace: 4, l7: 129 } as const;
/** Cilium's sub types of a trace: the observation points. */
const TRACE_TO_ENDPOINT = 0;
const TRACE_FROM_ENDPOINT = 5;

const IPPROTO = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

/** Byte 13 of a TCP header (RFC 9293, 3.1) → Flow.l4.TCP.flags; all 256 made once. */
const TCP_FLAGS: readonly TCPFlags[] = Array.from({ length: 256 }, (_, byte) => {
  const names = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'] as const;
  return Object.freeze(Object.fromEntries(names.filter((_, bit) => byte & (1 << bit)).map((name) => [name, true])));
});

/** The keys a flow from here may have, in one order, so that all flows have one shape. */
export interface FlowParts {
  readonly time: Timestamp;
  readonly verdict: number;
  readonly dropReason?: number;
  readonly ip: IP;
  readonly l4: Layer4 | undefined;
  readonly type: number;
  readonly l7?: Flow['l7'];
  readonly eventType: Flow['eventType'];
  readonly trafficDirection: number | undefined;
  readonly traceObservationPoint?: number;
  readonly isReply: boolean | undefined;
  readonly interface?: Flow['interface'];
  readonly detail: FlowDetail;
}

/** A flow with all keys in place; absent values are undefined. */
export function createFlow(parts: FlowParts): Flow {
  return {
    time: parts.time,
    verdict: parts.verdict,
    dropReason: parts.dropReason,
    ip: parts.ip,
    l4: parts.l4,
    type: parts.type,
    l7: parts.l7,
    reply: parts.isReply,
    eventType: parts.eventType,
    trafficDirection: parts.trafficDirection,
    traceObservationPoint: parts.traceObservationPoint,
    dropReasonDesc: parts.dropReason,
    isReply: parts.isReply,
    interface: parts.interface,
    detail: parts.detail,
  };
}

export function ipOf({ source, destination, family }: Observation): IP {
  return { source, destination, ipVersion: family === 4 ? IPVersion.IPv4 : IPVersion.IPv6 };
}

/** What `l4Of` cannot find in the head. */
export interface L4Extra {
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** False where no packet was seen, only a connection. */
  readonly hasFlags?: boolean;
}

/** Undefined for protocols that Flow.l4 has no message for, and for packets without ports. */
export function l4Of(o: Observation, { icmpType, icmpCode, hasFlags = true }: L4Extra = {}): Layer4 | undefined {
  const ports = { sourcePort: o.sourcePort, destinationPort: o.destinationPort };
  switch (o.protocol) {
    case IPPROTO.tcp:
      return { tcp: { ...ports, flags: hasFlags ? TCP_FLAGS[o.tcpFlags] : undefined } };
    case IPPROTO.udp:
      return { udp: ports };
    case IPPROTO.sctp:
      return { sctp: ports };
    case IPPROTO.icmp:
      return { icmpv4: { type: icmpType, code: icmpCode } };
    case IPPROTO.icmpv6:
      return { icmpv6: { type: icmpType, code: icmpCode } };
    default:
      return undefined;
  }
}

/** The connection's direction as the observed end has it; by the packet's own way while its role is not known. */
export function trafficDirectionOf({ role, direction }: Observation): number | undefined {
  if (role === Role.client) return TrafficDirection.EGRESS;
  if (role === Role.server) return TrafficDirection.INGRESS;
  if (direction === Direction.egress) return TrafficDirection.EGRESS;
  return direction === Direction.ingress ? TrafficDirection.INGRESS : undefined;
}

/** Undefined while the role is not known. */
export function isReplyOf({ role, direction }: Observation): boolean | undefined {
  if (role === Role.unknown || direction === Direction.unknown) return undefined;
  return (role === Role.client) === (direction === Direction.ingress);
}

/** Fields that tell where a trace flow was seen. Shared by all of them, so that a flow costs fewer objects. */
interface TracePoint {
  readonly eventType: Flow['eventType'];
  readonly traceObservationPoint: number;
}

const FROM_ENDPOINT: TracePoint = {
  eventType: Object.freeze({ type: EventTypeNumber.trace, subType: TRACE_FROM_ENDPOINT }),
  traceObservationPoint: TraceObservationPoint.FROM_ENDPOINT,
};
const TO_ENDPOINT: TracePoint = {
  eventType: Object.freeze({ type: EventTypeNumber.trace, subType: TRACE_TO_ENDPOINT }),
  traceObservationPoint: TraceObservationPoint.TO_ENDPOINT,
};

/** Leaving the sending socket, or at the receiving one. */
export function tracePoint(isEgress: boolean): TracePoint {
  return isEgress ? FROM_ENDPOINT : TO_ENDPOINT;
}

/** `Flow.eventType` of every L7 flow. */
export const L7_EVENT_TYPE: Flow['eventType'] = Object.freeze({ type: EventTypeNumber.l7 });

/** Detail that every record has; zero stands for not known and is left out. */
export function detailOf(o: Observation, event: number): FlowDetail {
  return {
    event,
    netns: o.netns || undefined,
    socketCookie: o.socketCookie || undefined,
    cgroupId: o.cgroupId || undefined,
  };
}
