import type { Endpoint, Flow } from '../flow/gen/flow.ts';

/** Which end of a flow. */
export type Side = 'source' | 'destination';

const RESERVED = 'reserved:';

/** The reserved identity an endpoint has ("world", "host"), if any. */
function reservedName(endpoint: Endpoint | undefined): string | undefined {
  return endpoint?.labels?.find((label) => label.startsWith(RESERVED))?.slice(RESERVED.length);
}

/** Textual address of a side. */
export function addressOf(flow: Flow, side: Side): string {
  return flow.ip?.[side] ?? '';
}

/** Port of a side, 0 when the protocol has none. */
export function portOf(flow: Flow, side: Side): number {
  const ports = flow.l4?.tcp ?? flow.l4?.udp ?? flow.l4?.sctp;
  return (side === 'source' ? ports?.sourcePort : ports?.destinationPort) ?? 0;
}

/**
 * What people call one side of a flow: `namespace/pod`, else its service, else its workload, else a DNS name, else the
 * reserved identity with the address, else the address. Not sanitised.
 */
export function nameOf(flow: Flow, side: Side, short: boolean): string {
  const endpoint = flow[side];
  const prefix = short || !endpoint?.namespace ? '' : `${endpoint.namespace}/`;
  if (endpoint?.podName) return prefix + endpoint.podName;
  const service = side === 'source' ? flow.sourceService : flow.destinationService;
  if (service?.name) return short || !service.namespace ? service.name : `${service.namespace}/${service.name}`;
  const workload = endpoint?.workloads?.[0]?.name;
  if (workload) return prefix + workload;
  const address = addressOf(flow, side);
  const dnsName = (side === 'source' ? flow.sourceNames : flow.destinationNames)?.[0];
  const reserved = reservedName(endpoint);
  const known = dnsName || address || '?';
  return short || reserved === undefined || reserved === 'unknown' ? known : `${reserved} ${known}`;
}

/**
 * How a row orients a flow: the side that opened the connection is on the left, so that both directions of one
 * conversation read alike; a reply points left. When the direction is unknown, the packet's sender is on the left.
 */
export function orient(flow: Flow): { readonly left: Side; readonly right: Side; readonly isReply: boolean } {
  return flow.isReply === true
    ? { left: 'destination', right: 'source', isReply: true }
    : { left: 'source', right: 'destination', isReply: false };
}
