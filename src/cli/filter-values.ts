import { NetwatchError } from '../base/error.ts';
import type { Uint64 } from '../flow/basics.ts';
import { MessageType, TRACE_POINTS } from '../flow/format/flow-type.ts';
import {
  DropReason,
  type EventTypeFilter,
  type HTTPHeader,
  IPVersion,
  type NetworkInterface,
  type TCPFlags,
  TrafficDirection,
  Verdict,
  type Workload,
} from '../flow/gen/flow.ts';
import { ReservedIdentity } from '../flow/identity.ts';
import { suggestName } from './suggest.ts';

const AGENT_SUB_TYPES: Readonly<Record<string, number>> = {
  unspecified: 0,
  message: 1,
  'agent-started': 2,
  'endpoint-regenerate-success': 3,
  'endpoint-regenerate-failure': 4,
  'policy-updated': 5,
  'policy-deleted': 6,
  'endpoint-created': 7,
  'endpoint-deleted': 8,
  'ipcache-upserted': 9,
  'ipcache-deleted': 10,
};

const refuse = (reason: string, hint?: string): never => {
  throw new NetwatchError('usage', reason, { hint });
};

function memberOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** `FORWARDED`, `DROPPED` and so on, in exactly that case. */
export function parseVerdict(text: string): number {
  const verdict = memberOf<number>(Verdict, text);
  if (verdict !== undefined) return verdict;
  const { VERDICT_UNKNOWN: _, ...named } = Verdict;
  const known = Object.keys(named);
  const all = `Verdicts are ${known.join(', ')}.`;
  const near = suggestName(text.toUpperCase(), known).hint;
  return refuse(`invalid --verdict value: ${text}`, near === undefined ? all : `${near} ${all}`);
}

/** A name of the DropReason enum. */
export function parseDropReason(text: string): number {
  const near = suggestName(text.toUpperCase(), Object.keys(DropReason)).hint;
  return memberOf<number>(DropReason, text) ?? refuse(`invalid --drop-reason-desc value: ${text}`, near);
}

/** `syn,ack`: all of these flags. */
export function parseTcpFlags(text: string): TCPFlags {
  const flags: Record<string, boolean> = {};
  for (const name of text.toLowerCase().split(',')) {
    if (!/^(fin|syn|rst|psh|ack|urg|ece|cwr|ns)$/.test(name)) refuse(`unknown tcp flag: ${name}`);
    flags[name] = true;
  }
  return flags;
}

/** `4`, `v4`, `ipv4`, `ip4` and the same for 6; anything else asks for flows without IP. */
export function parseIpVersion(text: string): number {
  const version = /^(?:v|ipv?)?([46])$/i.exec(text)?.[1];
  if (version === undefined) return IPVersion.IP_NOT_USED;
  return version === '4' ? IPVersion.IPv4 : IPVersion.IPv6;
}

function number32(text: string, what: string, known: readonly string[]): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 32) {
    const hint = known.length === 0 ? undefined : `Give a number or one of ${known.join(', ')}.`;
    refuse(`${what} '${text}' is neither known nor a number`, hint);
  }
  return Number(text);
}

function parseSubType(type: number, text: string): number {
  if (type === MessageType.agent) {
    return memberOf(AGENT_SUB_TYPES, text) ?? number32(text, 'event sub-type', Object.keys(AGENT_SUB_TYPES));
  }
  const points: readonly string[] = type === MessageType.trace ? TRACE_POINTS : [];
  const named = points.indexOf(text);
  return named >= 0 ? named : number32(text, 'event sub-type', points);
}

/** `TYPE[:SUBTYPE]`, each by name or number. */
export function parseEventType(text: string): EventTypeFilter {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const type = memberOf<number>(MessageType, name) ?? number32(name, 'event type', Object.keys(MessageType));
  if (colon < 0) return { type };
  return { type, matchSubType: true, subType: parseSubType(type, text.slice(colon + 1)) };
}

/** `name`, `Kind/name` or `Kind/`. */
export function parseWorkload(text: string): Workload {
  const slash = text.indexOf('/');
  if (slash < 0) return { name: text };
  return { name: text.slice(slash + 1), kind: text.slice(0, slash) };
}

/** The name of a reserved identity, or a number. */
export function parseIdentity(text: string): number {
  const reserved = memberOf<number>(ReservedIdentity, text);
  if (reserved !== undefined && reserved > 0) return reserved;
  if (text === 'overlay-to-encrypt') return 11;
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  const names = Object.keys(ReservedIdentity).slice(1).join(' ');
  return refuse(`invalid security identity, expected one of [${names}] or a numeric value`);
}

/** `ingress` or `egress`, in any case. */
export function parseDirection(text: string): number {
  const direction = memberOf<number>(
    { ingress: TrafficDirection.INGRESS, egress: TrafficDirection.EGRESS },
    text.toLowerCase(),
  );
  return direction ?? refuse(`${text}: invalid traffic direction, expected ingress or egress`);
}

/** `name:value`; the value may hold colons. */
export function parseHttpHeader(text: string): HTTPHeader {
  const colon = text.indexOf(':');
  if (colon < 0) refuse(`invalid http-header value "${text}", expected name:value`);
  return { key: text.slice(0, colon), value: text.slice(colon + 1) };
}

/** A positive 64-bit number. */
export function parseIpTraceId(text: string): Uint64 {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 2n ** 64n) refuse('invalid --ip-trace-id value: not a number');
  const id = BigInt(text);
  if (id === 0n) refuse('invalid --ip-trace-id value; must be greater than 0');
  return id <= Number.MAX_SAFE_INTEGER ? Number(id) : id;
}

/** The exact name of a network interface. */
export const parseInterface = (name: string): NetworkInterface => ({ name });
