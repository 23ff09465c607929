import { DebugCapturePoint, type Flow, L7FlowType, SocketTranslationPoint, TrafficDirection } from '../gen/flow.ts';
import { dropText } from './drop-text.ts';
import { namesOf } from './enum-names.ts';

/** Monitor message types: `Flow.event_type.type` (Cilium pkg/monitor/api/types.go). */
export const MessageType = {
  unspec: 0,
  drop: 1,
  debug: 2,
  capture: 3,
  trace: 4,
  'policy-verdict': 5,
  'trace-sock': 7,
  l7: 129,
  agent: 130,
} as const;

/** Names of `event_type.sub_type` of trace events, by number. */
export const TRACE_POINTS = [
  'to-endpoint',
  'to-proxy',
  'to-host',
  'to-stack',
  'to-overlay',
  'from-endpoint',
  'from-proxy',
  'from-host',
  'from-stack',
  'from-overlay',
  'from-network',
  'to-network',
  'from-crypto',
  'to-crypto',
] as const;

const POLICY_MATCHES = ['none', 'L3-Only', 'L3-L4', 'L4-Only', 'all', 'L3-Proto', 'Proto-Only'];
const SOCKET_POINTS: Readonly<Record<number, string>> = {
  [SocketTranslationPoint.SOCK_XLATE_POINT_PRE_DIRECTION_FWD]: 'pre-xlate-fwd',
  [SocketTranslationPoint.SOCK_XLATE_POINT_POST_DIRECTION_FWD]: 'post-xlate-fwd',
  [SocketTranslationPoint.SOCK_XLATE_POINT_PRE_DIRECTION_REV]: 'pre-xlate-rev',
  [SocketTranslationPoint.SOCK_XLATE_POINT_POST_DIRECTION_REV]: 'post-xlate-rev',
};

const captureName = namesOf(DebugCapturePoint);
const directionName = namesOf(TrafficDirection);
const l7Name = namesOf(L7FlowType);
const socketName = namesOf(SocketTranslationPoint);

/**
 * What kind of event a flow is, as Hubble's TYPE column: `http-request`, `dns-response proxy`, a trace point, the
 * text of a drop reason, `policy-verdict:L3-L4 INGRESS`. A drop that Hubble has no reason for has the kernel's name of
 * it. Not escaped: some of it is the sender's text.
 */
export function flowTypeText(flow: Flow): string {
  const { l7, eventType } = flow;
  if (l7 !== undefined) {
    const type = l7Name(l7.type).toLowerCase();
    if (l7.http !== undefined) return `http-${type}`;
    if (l7.dns !== undefined) return `dns-${type}${l7.dns.observationSource ? ` ${l7.dns.observationSource}` : ''}`;
    return l7.kafka !== undefined ? `kafka-${type}` : `l7-${type}`;
  }
  const subType = (eventType?.subType ?? 0) & 0xff;
  switch (eventType?.type) {
    case MessageType.trace:
      return TRACE_POINTS[subType] ?? String(subType);
    case MessageType.drop:
      return subType === 0 && flow.detail?.skbDropReason ? flow.detail.skbDropReason : dropText(subType);
    case MessageType['policy-verdict']: {
      const match = POLICY_MATCHES[flow.policyMatchType ?? 0] ?? 'unknown';
      return `policy-verdict:${match} ${directionName(flow.trafficDirection)}`;
    }
    case MessageType.capture:
      return captureName(flow.debugCapturePoint);
    case MessageType['trace-sock']:
      return SOCKET_POINTS[flow.sockXlatePoint ?? 0] ?? socketName(flow.sockXlatePoint);
    default:
      return 'UNKNOWN';
  }
}
