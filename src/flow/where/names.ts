import { DropReason, type Flow, type TCPFlags, Verdict } from '../gen/flow.ts';
import { Event } from '../gen/netwatch.ts';

function nameByNumber(values: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(values).map(([name, value]) => [value, name]));
}

const VERDICTS = nameByNumber(Verdict);
const DROP_REASONS = nameByNumber(DropReason);

/** Hubble's name of a flow's verdict, or its number when it has none. */
export function verdictOf(flow: Flow): string {
  const verdict = flow.verdict ?? 0;
  return VERDICTS.get(verdict) ?? String(verdict);
}

/** Every verdict a filter may name. */
export const VERDICT_NAMES: readonly string[] = Array.from(VERDICTS.values());

/** Short words people use for verdicts. */
export const VERDICT_ALIASES: Readonly<Record<string, string>> = {
  fwd: 'FORWARDED',
  drp: 'DROPPED',
  red: 'REDIRECTED',
  xlt: 'TRANSLATED',
};

/** Hubble's name of the drop reason, and the kernel's; none unless the flow says why it was dropped. */
export function dropReasonsOf(flow: Flow): string[] {
  const reason = flow.dropReasonDesc ?? flow.dropReason ?? 0;
  const names = reason === 0 ? [] : [DROP_REASONS.get(reason) ?? String(reason)];
  if (flow.detail?.skbDropReason) names.push(flow.detail.skbDropReason);
  return names;
}

/** DNS answer codes by number: RFC 1035 4.1.1, RFC 2136 2.2. */
export const RCODE_NAMES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const;

/** TCP flags by the names filters use. */
export const FLAG_NAMES = ['syn', 'fin', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns'] as const;

/** Names of the set flags, lower case, in the order people say them. */
export function flagsOf(flags: TCPFlags | undefined): string[] {
  return flags === undefined ? [] : FLAG_NAMES.filter((flag) => flags[flag] === true);
}

/** `tcp`, `udp`, `icmpv4` … and the application protocol, if seen. */
export function protocolsOf({ l4, l7 }: Flow): string[] {
  const names: string[] = Object.entries(l4 ?? {}).flatMap(([name, value]) => (value ? [name] : []));
  for (const name of ['http', 'dns', 'kafka'] as const) if (l7?.[name]) names.push(name);
  return names;
}

/** What kind of event a flow is: `drop`, `l7`, `close`, `connect-failed` or `packet`. */
export function typeOf(flow: Flow): string {
  if (flow.verdict === Verdict.DROPPED) return 'drop';
  if (flow.l7 !== undefined) return 'l7';
  if (flow.detail?.event === Event.EVENT_CLOSE) return 'close';
  return flow.detail?.event === Event.EVENT_CONNECT_FAILED ? 'connect-failed' : 'packet';
}

/** The path and query of a URL; Hubble's URLs are absolute. */
export function pathOf(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path === '' ? '/' : path;
}
