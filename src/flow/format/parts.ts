import {
  AuthType,
  type Endpoint,
  type Flow,
  type Policy,
  type Service,
  TrafficDirection,
  Verdict,
} from '../gen/flow.ts';
import { ReservedIdentity } from '../identity.ts';
import type { Palette } from './colors.ts';
import { namesOf } from './enum-names.ts';
import { escapeText } from './escape.ts';
import { MessageType } from './flow-type.ts';

/** What the pieces of a line depend on besides the flow. */
export interface PartOptions {
  readonly palette: Palette;
  /** Pod, service and DNS names instead of addresses. */
  readonly translateIps: boolean;
  /** Append the policies that allowed or denied the flow to its verdict. */
  readonly policyNames: boolean;
}

const verdictName = namesOf(Verdict);
const authName = namesOf(AuthType);
const identityNames = new Map<number, string>(Object.entries(ReservedIdentity).map(([name, id]) => [id, name]));

/** `(world)` for a reserved identity, `(ID:1234)` for any other; absent is `(unknown)`. */
export function identityText(endpoint: Endpoint | undefined, palette: Palette): string {
  const identity = endpoint?.identity ?? 0;
  const name = identityNames.get(identity);
  return palette.identity(name === undefined ? `(ID:${identity})` : `(${name})`);
}

function hostText(
  ip: string,
  port: number,
  endpoint: Endpoint | undefined,
  service: Service | undefined,
  names: readonly string[] | undefined,
  { palette, translateIps }: PartOptions,
): string {
  let host = ip;
  if (translateIps) {
    const name = endpoint?.podName || service?.name;
    const namespace = service === undefined ? endpoint?.namespace : service.namespace;
    if (name) host = namespace ? `${namespace}/${name}` : name;
    else if (names !== undefined && names.length > 0) host = names.join(',');
  }
  host = escapeText(host);
  if (port !== 0) host = `${host.includes(':') ? `[${host}]` : host}:${palette.port(String(port))}`;
  return palette.host(host);
}

const portsOf = (flow: Flow) => flow.l4?.tcp ?? flow.l4?.udp ?? flow.l4?.sctp;

/** The source as `namespace/pod:port`, or service, DNS names, address, MAC address, whichever is known first. */
export function sourceText(flow: Flow, options: PartOptions): string {
  const { ip, ethernet } = flow;
  if (ip === undefined) return ethernet === undefined ? '' : options.palette.host(escapeText(ethernet.source ?? ''));
  const port = portsOf(flow)?.sourcePort ?? 0;
  return hostText(ip.source ?? '', port, flow.source, flow.sourceService, flow.sourceNames, options);
}

/** The destination, in the same words as the source. */
export function destinationText(flow: Flow, options: PartOptions): string {
  const { ip, ethernet } = flow;
  if (ip === undefined)
    return ethernet === undefined ? '' : options.palette.host(escapeText(ethernet.destination ?? ''));
  const port = portsOf(flow)?.destinationPort ?? 0;
  return hostText(
    ip.destination ?? '',
    port,
    flow.destination,
    flow.destinationService,
    flow.destinationNames,
    options,
  );
}

/** The policies behind a policy verdict: on the side of its direction, those that allowed it or those that denied it. */
function policyNames(flow: Flow, allowed: boolean): string {
  let policies: readonly Policy[] = [];
  if (flow.trafficDirection === TrafficDirection.EGRESS) {
    policies = (allowed ? flow.egressAllowedBy : flow.egressDeniedBy) ?? [];
  } else if (flow.trafficDirection === TrafficDirection.INGRESS) {
    policies = (allowed ? flow.ingressAllowedBy : flow.ingressDeniedBy) ?? [];
  }
  if (policies.length === 0) return '';
  const names = policies.map(({ namespace, name = '', kind = '' }) => {
    return `${namespace ? `${namespace}/` : ''}${name} (${kind})`;
  });
  return ` BY ${escapeText(names.join(', '))}`;
}

/** The verdict; of a policy verdict what the policy said: ALLOWED, DENIED or AUDITED. */
export function verdictText(flow: Flow, options: PartOptions): string {
  const { palette } = options;
  const name = verdictName(flow.verdict);
  const policy = flow.eventType?.type === MessageType['policy-verdict'];
  const policies = (allowed: boolean): string => (options.policyNames ? policyNames(flow, allowed) : '');
  switch (flow.verdict) {
    case Verdict.FORWARDED:
    case Verdict.REDIRECTED:
      return palette.good(policy ? `ALLOWED${policies(true)}` : name);
    case Verdict.DROPPED:
    case Verdict.ERROR:
      return palette.bad(policy ? `DENIED${policies(false)}` : name);
    case Verdict.AUDIT:
      return palette.warn(policy ? 'AUDITED' : name);
    case Verdict.TRACED:
    case Verdict.TRANSLATED:
      return palette.warn(name);
    default:
      return name;
  }
}

/** The sender's summary, with the IP trace id before it and the authentication after it. */
export function summaryText({ summary = '', authType = 0, ipTraceId }: Flow, { palette }: PartOptions): string {
  const trace = ipTraceId?.traceId ? `IP Trace ID: ${ipTraceId.traceId}; ` : '';
  const text = trace + escapeText(summary);
  if (authType === AuthType.DISABLED) return text;
  const paint = authType === AuthType.TEST_ALWAYS_FAIL ? palette.bad : palette.good;
  return `${text}; Auth: ${paint(authName(authType))}`;
}
