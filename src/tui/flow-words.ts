import { DropReason, type Flow, type TCPFlags, Verdict } from '../flow/gen/flow.ts';
import { Event, type FlowDetail } from '../flow/gen/netwatch.ts';
import { formatBytes, formatDuration } from './quantity.ts';
import type { Glyphs } from './theme.ts';

function namesByNumber(values: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(values).map(([name, value]) => [value, name]));
}

const VERDICT_NAMES = namesByNumber(Verdict);
const DROP_REASON_NAMES = namesByNumber(DropReason);
/** RFC 1035 4.1.1, RFC 2136 2.2, RFC 6895 2.3. */
const RCODE_NAMES = [
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
];

/** Hubble's name of a verdict, or its number. */
export function verdictName(verdict: number): string {
  return VERDICT_NAMES.get(verdict) ?? String(verdict);
}

/** Three letters for the verdict column. */
const VERDICT_WORDS = new Map<number, string>([
  [Verdict.FORWARDED, 'FWD'],
  [Verdict.DROPPED, 'DRP'],
  [Verdict.ERROR, 'ERR'],
  [Verdict.AUDIT, 'AUD'],
  [Verdict.REDIRECTED, 'RED'],
  [Verdict.TRACED, 'TRC'],
  [Verdict.TRANSLATED, 'XLT'],
]);

/** Glyph and word of the verdict column; `!` in front says that the flow is a fault whatever its verdict. */
export function verdictWord(verdict: number, fault: boolean, glyphs: Glyphs): string {
  const word = VERDICT_WORDS.get(verdict) ?? '???';
  if (verdict === Verdict.DROPPED) return glyphs.dropped + word;
  if (fault) return glyphs.fault + word;
  if (verdict === Verdict.FORWARDED || verdict === Verdict.TRACED) return glyphs.forwarded + word;
  return (verdict === Verdict.REDIRECTED || verdict === Verdict.TRANSLATED ? glyphs.redirected : glyphs.unsure) + word;
}

/** Mnemonic of a DNS answer's code. */
export function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE${rcode}`;
}

/** Names of the set flags, in the order people say them: `SYN ACK`. */
export function flagNames(flags: TCPFlags | undefined): string {
  if (flags === undefined) return '';
  const set = (['syn', 'fin', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns'] as const).filter((flag) => flags[flag]);
  return set.join(' ').toUpperCase();
}

/** Why a flow was dropped, in lower-case words: Hubble's reason, or the kernel's where Hubble has none. */
export function dropReasonWords(flow: Flow): string {
  const reason = flow.dropReasonDesc ?? flow.dropReason ?? 0;
  const kernel = flow.detail?.skbDropReason;
  const name = reason === 0 && kernel ? kernel : (DROP_REASON_NAMES.get(reason) ?? `reason ${reason}`);
  return name.toLowerCase().replaceAll('_', ' ');
}

/** Where netfilter decided: `inet filter/forward rule 12`. */
export function netfilterPlace({ netfilter }: FlowDetail): string {
  if (netfilter === undefined) return '';
  const { family, table, chain, ruleHandle } = netfilter;
  const path = [table, chain].filter(Boolean).join('/');
  return [family, path, ruleHandle === undefined ? '' : `rule ${ruleHandle}`].filter(Boolean).join(' ');
}

/** `TCP`, `UDP`, `ICMPv4` …, empty when unknown. */
export function protocolName(flow: Flow): string {
  const { l4 } = flow;
  if (l4 === undefined) return '';
  if (l4.tcp) return 'TCP';
  if (l4.udp) return 'UDP';
  if (l4.icmpv4) return 'ICMPv4';
  if (l4.icmpv6) return 'ICMPv6';
  if (l4.sctp) return 'SCTP';
  if (l4.vrrp) return 'VRRP';
  return l4.igmp ? 'IGMP' : '';
}

/** The path and query of a URL; Hubble's URLs are absolute. */
export function pathOf(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path === '' ? '/' : path;
}

function connectionWords(detail: FlowDetail, glyphs: Glyphs): string {
  const { connection } = detail;
  if (detail.event === Event.EVENT_CONNECT_FAILED) return `connect failed ${connection?.error ?? ''}`.trimEnd();
  if (connection === undefined) return 'closed';
  const { durationNs, bytesSent, bytesReceived, retransmits, error } = connection;
  return [
    'closed',
    error ?? '',
    durationNs === undefined ? '' : `after ${formatDuration(durationNs)}`,
    `${glyphs.up}${formatBytes(bytesSent ?? 0)} ${glyphs.down}${formatBytes(bytesReceived ?? 0)}`,
    retransmits ? `${retransmits} retransmits` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function packetWords(flow: Flow): string {
  const { l4 } = flow;
  const icmp = l4?.icmpv4 ?? l4?.icmpv6;
  if (icmp !== undefined) return `${protocolName(flow)} type ${icmp.type ?? 0} code ${icmp.code ?? 0}`;
  return [protocolName(flow), flagNames(l4?.tcp?.flags)].filter(Boolean).join(' ');
}

function dropWords(flow: Flow): string {
  const { detail } = flow;
  const why = detail?.netfilter?.comment || (detail && netfilterPlace(detail)) || '';
  return [packetWords(flow), dropReasonWords(flow), why && `(${why})`].filter(Boolean).join(' ');
}

/** The TYPE / L7 column: what this flow is about, the most telling words first. Not sanitised. */
export function infoWords(flow: Flow, glyphs: Glyphs): string {
  const { l7, detail } = flow;
  if (l7?.http !== undefined) return `${l7.http.method ?? ''} ${pathOf(l7.http.url ?? '')}`.trim();
  if (l7?.dns !== undefined) {
    const { qtypes, query, ips } = l7.dns;
    const answer = ips?.length ? ` = ${ips.slice(0, 2).join(' ')}${ips.length > 2 ? ` +${ips.length - 2}` : ''}` : '';
    return `DNS ${qtypes?.join(',') ?? ''} ${(query ?? '').replace(/(.)\.$/, '$1')}${answer}`;
  }
  if (l7?.kafka !== undefined) return `Kafka ${l7.kafka.apiKey ?? ''} ${l7.kafka.topic ?? ''}`.trim();
  if (flow.verdict === Verdict.DROPPED) return dropWords(flow);
  if (detail?.event === Event.EVENT_CLOSE || detail?.event === Event.EVENT_CONNECT_FAILED) {
    return connectionWords(detail, glyphs);
  }
  return packetWords(flow) || flow.summary || '';
}

/** The CODE column: HTTP status, or what a DNS answer was. */
export function codeWord(flow: Flow): string {
  const { l7 } = flow;
  if (l7?.http?.code) return String(l7.http.code);
  if (l7?.dns !== undefined && (l7.dns.rcode !== 0 || l7.latencyNs !== undefined) && l7.type !== 1) {
    return rcodeName(l7.dns.rcode ?? 0);
  }
  return '';
}
