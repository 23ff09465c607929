import { type Flow, L7FlowType, type TCPFlags, Verdict } from '../flow/gen/flow.ts';
import { Event, type FlowDetail } from '../flow/gen/netwatch.ts';
import { countText } from '../flow/quantity-text.ts';
import { dropReasonsOf, flagsOf, pathOf, RCODE_NAMES } from '../flow/where/names.ts';
import { formatBytes, formatDuration } from './quantity.ts';
import type { Glyphs } from './theme.ts';

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
function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE${rcode}`;
}

/** Names of the set flags, in the order people say them: `SYN ACK`. */
export function flagNames(flags: TCPFlags | undefined): string {
  return flagsOf(flags).join(' ').toUpperCase();
}

/** Why a flow was dropped, in lower-case words: Hubble's reason, or the kernel's where Hubble has none. */
export function dropReasonWords(flow: Flow): string {
  return (dropReasonsOf(flow)[0] ?? 'unknown reason').toLowerCase().replaceAll('_', ' ');
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

function connectionWords(detail: FlowDetail, glyphs: Glyphs): string {
  const { connection } = detail;
  if (detail.event === Event.EVENT_CONNECT_FAILED) {
    const waited = connection?.durationNs === undefined ? '' : ` in ${formatDuration(connection.durationNs)}`;
    return `connect failed ${connection?.error ?? `no answer${waited}`}`;
  }
  if (connection === undefined) return 'closed';
  const { durationNs, bytesSent, bytesReceived, retransmits, error } = connection;
  return [
    'closed',
    error ?? '',
    durationNs === undefined ? '' : `after ${formatDuration(durationNs)}`,
    `${glyphs.up}${formatBytes(bytesSent ?? 0)} ${glyphs.down}${formatBytes(bytesReceived ?? 0)}`,
    retransmits ? countText(retransmits, 'retransmit') : '',
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
  return [dropReasonWords(flow), why && `(${why})`, packetWords(flow)].filter(Boolean).join(' ');
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

const SHORT_RCODES: Readonly<Record<string, string>> = {
  NOERROR: 'ok',
  NXDOMAIN: 'NXDOM',
  SERVFAIL: 'SERVF',
  REFUSED: 'REFUS',
};

/** The CODE column: HTTP status, or what a DNS answer was, in five columns if `short`. */
export function codeWord({ l7 }: Flow, short: boolean): string {
  if (l7?.http?.code) return String(l7.http.code);
  if (l7?.dns === undefined || l7.type === L7FlowType.REQUEST) return '';
  const name = rcodeName(l7.dns.rcode ?? 0);
  return short ? (SHORT_RCODES[name] ?? name) : name;
}
