import type { Endpoint, Flow, Service } from '../gen/flow.ts';
import { dropReasonsOf, flagsOf, pathOf, protocolsOf, RCODE_NAMES, verdictOf } from './names.ts';

function has(value: string | undefined, wanted: string): boolean {
  return value !== undefined && value !== '' && value.toLowerCase().includes(wanted);
}

/** `namespace/name` as a row shows it; joined only if the text looked for has a slash. */
function hasName(namespace: string | undefined, name: string | undefined, wanted: string): boolean {
  if (has(name, wanted) || has(namespace, wanted)) return true;
  return wanted.includes('/') && !!namespace && !!name && has(`${namespace}/${name}`, wanted);
}

function endpointHas(endpoint: Endpoint | undefined, wanted: string): boolean {
  if (endpoint === undefined) return false;
  if (hasName(endpoint.namespace, endpoint.podName, wanted)) return true;
  for (const workload of endpoint.workloads ?? []) if (hasName(endpoint.namespace, workload.name, wanted)) return true;
  for (const label of endpoint.labels ?? []) if (label.startsWith('reserved:') && has(label, wanted)) return true;
  return false;
}

function serviceHas(service: Service | undefined, wanted: string): boolean {
  return service !== undefined && hasName(service.namespace, service.name, wanted);
}

function messageHas({ l7 }: Flow, wanted: string): boolean {
  const http = l7?.http;
  if (http !== undefined) {
    if (has(http.method, wanted) || (http.url !== undefined && has(pathOf(http.url), wanted))) return true;
    return http.code !== undefined && has(String(http.code), wanted);
  }
  const dns = l7?.dns;
  if (dns === undefined) return has(l7?.kafka?.topic, wanted);
  if (has(dns.query, wanted) || has(RCODE_NAMES[dns.rcode ?? 0], wanted)) return true;
  return dns.ips?.some((address) => has(address, wanted)) ?? false;
}

function packetHas(flow: Flow, wanted: string): boolean {
  const { l4 } = flow;
  const ports = l4?.tcp ?? l4?.udp ?? l4?.sctp;
  // Numbers and words cannot be in each other, so half of the work is never needed.
  if (/^\d+$/.test(wanted)) return has(`${ports?.sourcePort ?? ''} ${ports?.destinationPort ?? ''}`, wanted);
  if (protocolsOf(flow).some((name) => has(name, wanted))) return true;
  return flagsOf(l4?.tcp?.flags).some((flag) => has(flag, wanted));
}

function evidenceHas(flow: Flow, wanted: string): boolean {
  if (dropReasonsOf(flow).some((reason) => has(reason.replaceAll('_', ' '), wanted) || has(reason, wanted)))
    return true;
  const { detail } = flow;
  if (detail === undefined) return false;
  return (
    has(detail.netfilter?.comment, wanted) ||
    has(detail.netfilter?.table, wanted) ||
    has(detail.netfilter?.chain, wanted) ||
    has(detail.connection?.error, wanted) ||
    has(detail.process?.comm, wanted)
  );
}

/** Whether any column of a flow's row, or the evidence behind it, contains a text; `wanted` is in lower case. */
export function containsText(flow: Flow, wanted: string): boolean {
  return (
    endpointHas(flow.source, wanted) ||
    endpointHas(flow.destination, wanted) ||
    has(flow.ip?.source, wanted) ||
    has(flow.ip?.destination, wanted) ||
    messageHas(flow, wanted) ||
    serviceHas(flow.sourceService, wanted) ||
    serviceHas(flow.destinationService, wanted) ||
    (flow.sourceNames?.some((name) => has(name, wanted)) ?? false) ||
    (flow.destinationNames?.some((name) => has(name, wanted)) ?? false) ||
    has(verdictOf(flow), wanted) ||
    has(flow.nodeName, wanted) ||
    packetHas(flow, wanted) ||
    evidenceHas(flow, wanted)
  );
}
