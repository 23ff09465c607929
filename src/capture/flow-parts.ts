import type { Timestamp } from '../flow/basics.ts';
import {
  type Flow,
  FlowType,
  type IP,
  IPVersion,
  type Layer4,
  type TCPFlags,
  TraceObservationPoint,
  TrafficDirection,
  Verdict,
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

/** A detail under construction. */
type DetailDraft = { -readonly [K in keyof FlowDetail]: FlowDetail[K] };

/** A flow under construction: whoever was handed it may fill in what is absent, until it is published. */
export type FlowDraft = { -readonly [K in keyof Flow]: Flow[K] };

/** A draft made here: its detail is under construction too. */
export interface ObservedFlow extends FlowDraft {
  detail: DetailDraft;
}

/**
 * A forwarded flow of layers 3 and 4, to be completed by assignment. Every field that anything later fills in is there
 * already, absent ones as undefined: flows of all kinds have one shape, and filling in moves no object.
 */
export function createFlow(o: Observation, time: Timestamp, l4: Layer4 | undefined, event: number): ObservedFlow {
  return {
    time,
    verdict: Verdict.FORWARDED,
    dropReason: undefined,
    ip: ipOf(o),
    l4,
    source: undefined,
    destination: undefined,
    type: FlowType.L3_L4,
    nodeName: undefined,
    l7: undefined,
    reply: undefined,
    eventType: undefined,
    sourceService: undefined,
    destinationService: undefined,
    trafficDirection: undefined,
    traceObservationPoint: undefined,
    dropReasonDesc: undefined,
    isReply: undefined,
    interface: undefined,
    traceContext: undefined,
    uuid: undefined,
    emitter: undefined,
    summary: undefined,
    detail: {
      event,
      skbDropReason: undefined,
      dropFunction: undefined,
      connection: undefined,
      process: undefined,
      originalDestination: undefined,
      // Zero stands for not known and is left out.
      netns: o.netns || undefined,
      socketCookie: o.socketCookie || undefined,
      cgroupId: o.cgroupId || undefined,
      requestOrdinal: undefined,
    },
  };
}

function ipOf({ source, destination, family }: Observation): IP {
  return { source, destination, ipVersion: family === 4 ? IPVersion.IPv4 : IPVersion.IPv6 };
}

/** Type and code of an ICMP message, which the head of a record does not hold. */
export interface Icmp {
  readonly type: number;
  readonly code: number;
}

/**
 * Undefined for protocols that Flow.l4 has no message for, and for packets without ports. `hasFlags` is false where no
 * packet was seen, only a connection.
 */
export function l4Of(o: Observation, hasFlags: boolean, icmp?: Icmp): Layer4 | undefined {
  const { sourcePort, destinationPort } = o;
  switch (o.protocol) {
    case IPPROTO.tcp:
      return { tcp: { sourcePort, destinationPort, flags: hasFlags ? TCP_FLAGS[o.tcpFlags] : undefined } };
    case IPPROTO.udp:
      return { udp: { sourcePort, destinationPort } };
    case IPPROTO.sctp:
      return { sctp: { sourcePort, destinationPort } };
    case IPPROTO.icmp:
      return { icmpv4: { type: icmp?.type, code: icmp?.code } };
    case IPPROTO.icmpv6:
      return { icmpv6: { type: icmp?.type, code: icmp?.code } };
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

/** Says whether a reply it is, in the field of today and in the one that old clients read. */
export function setReply(flow: FlowDraft, isReply: boolean | undefined): void {
  flow.isReply = isReply;
  flow.reply = isReply;
}

const FROM_ENDPOINT: Flow['eventType'] = Object.freeze({ type: EventTypeNumber.trace, subType: TRACE_FROM_ENDPOINT });
const TO_ENDPOINT: Flow['eventType'] = Object.freeze({ type: EventTypeNumber.trace, subType: TRACE_TO_ENDPOINT });

/** Tells where a trace flow was seen: leaving the sending socket, or at the receiving one. */
export function setTracePoint(flow: FlowDraft, isEgress: boolean): void {
  flow.eventType = isEgress ? FROM_ENDPOINT : TO_ENDPOINT;
  flow.traceObservationPoint = isEgress ? TraceObservationPoint.FROM_ENDPOINT : TraceObservationPoint.TO_ENDPOINT;
}

/** `Flow.eventType` of every L7 flow. */
export const L7_EVENT_TYPE: Flow['eventType'] = Object.freeze({ type: EventTypeNumber.l7 });
