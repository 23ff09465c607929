import {
  type DNS,
  type Flow,
  type HTTP,
  IPVersion,
  type Kafka,
  L7FlowType,
  type Layer7,
  type TCPFlags,
} from './gen/flow.ts';
import { type Connection, Event } from './gen/netwatch.ts';
import { icmpV4Text, icmpV6Text } from './icmp-text.ts';
import { bytesText, countText, durationText } from './quantity-text.ts';

const FLAGS = ['syn', 'ack', 'rst', 'fin', 'psh', 'urg', 'ece', 'cwr', 'ns'] as const;

/** Texts of DNS response codes (RFC 1035, RFC 2136) in the words Hubble prints. */
const DNS_RCODES: Readonly<Record<number, string>> = {
  1: 'Format Error',
  2: 'Server Failure',
  3: 'Non-Existent Domain',
  4: 'Not Implemented',
  5: 'Query Refused',
  6: 'Name Exists when it should not',
  7: 'RR Set Exists when it should not',
  8: 'RR Set that should exist does not',
  9: 'Server Not Authoritative for zone',
  10: 'Name not contained in zone',
};

/** By set of flags, one bit each: few of the 512 ever occur. */
const tcpTexts = new Map<number, string>();

function tcpText(flags: TCPFlags): string {
  let set = 0;
  for (let i = 0; i < FLAGS.length; i++) if (flags[FLAGS[i] ?? 'ns']) set |= 1 << i;
  const known = tcpTexts.get(set);
  if (known !== undefined) return known;
  const names = FLAGS.filter((_, i) => set & (1 << i)).map((name) => name.toUpperCase());
  const text = names.length === 0 ? 'TCP' : `TCP Flags: ${names.join(', ')}`;
  tcpTexts.set(set, text);
  return text;
}

function httpText({ code = 0, method = '', url = '', protocol = '' }: HTTP, { type, latencyNs = 0 }: Layer7): string {
  if (type === L7FlowType.REQUEST) return `${protocol} ${method} ${url}`;
  return `${protocol} ${code} ${Math.trunc(Number(latencyNs) / 1e6)}ms (${method} ${url})`;
}

function answerText({ rcode = 0, ips = [], cnames = [] }: DNS): string {
  if (rcode !== 0) return `RCode: ${DNS_RCODES[rcode] ?? rcode}`;
  const parts = [];
  if (ips.length > 0) parts.push(`"${ips.join(',')}"`);
  if (cnames.length > 0) parts.push(`CNAMEs: "${cnames.join(',')}"`);
  return parts.join(' ');
}

function dnsText(dns: DNS, { type }: Layer7): string {
  const { query = '', qtypes = [], ttl = 0, observationSource } = dns;
  const question = `${query} ${qtypes.join(',')}`;
  if (type === L7FlowType.REQUEST) return `DNS Query ${question}`;
  const asked = observationSource === 'proxy' ? 'Proxy' : 'Query';
  return `DNS Answer ${answerText(dns)} TTL: ${ttl} (${asked} ${question})`;
}

function kafkaText({ apiKey = '', correlationId = 0, topic = '', errorCode = 0 }: Kafka, { type }: Layer7): string {
  const about = `${apiKey} correlation id ${correlationId} topic '${topic}'`;
  return type === L7FlowType.REQUEST ? `Kafka request ${about}` : `Kafka response ${about} return code ${errorCode}`;
}

function l7Text(l7: Layer7): string {
  if (l7.http !== undefined) return httpText(l7.http, l7);
  if (l7.dns !== undefined) return dnsText(l7.dns, l7);
  return l7.kafka === undefined ? '' : kafkaText(l7.kafka, l7);
}

/** How a connection went, in the words of the side that saw it. */
function closeText(connection: Connection): string {
  const { durationNs, bytesSent = 0, bytesReceived = 0, srttNs, retransmits = 0, error } = connection;
  const parts = [error ? `broken by ${error}` : 'closed'];
  if (durationNs) parts[0] += ` after ${durationText(durationNs)}`;
  parts.push(`${bytesText(bytesSent)} sent`, `${bytesText(bytesReceived)} received`);
  if (srttNs) parts.push(`rtt ${durationText(srttNs)}`);
  if (retransmits > 0) parts.push(countText(retransmits, 'retransmit'));
  return parts.join(', ');
}

/** Without an error nobody refused: the client closed a socket whose SYN had no answer yet. */
function connectFailedText({ error, durationNs }: Connection): string {
  const after = durationNs ? ` after ${durationText(durationNs)}` : '';
  return `connect failed: ${error || 'no answer, client gave up'}${after}`;
}

function l3Text({ ip, ethernet }: Flow): string {
  if (ip?.ipVersion === IPVersion.IPv4) return 'IPv4';
  if (ip?.ipVersion === IPVersion.IPv6) return 'IPv6';
  return ethernet === undefined ? '' : 'Ethernet';
}

/**
 * The text a client shows in parentheses, in the words of Cilium's servers: `TCP Flags: SYN, ACK`, `UDP`,
 * `HTTP/1.1 200 12ms (GET http://…)`, `DNS Query example.com. A`. The end of a connection, which Cilium does not
 * report, has words of its own: `closed after 1.2s, 3 kB sent, 12 kB received, rtt 80us`.
 */
export function summaryOf(flow: Flow): string {
  const { l4, l7, detail } = flow;
  if (detail?.event === Event.EVENT_CLOSE) return closeText(detail.connection ?? {});
  if (detail?.event === Event.EVENT_CONNECT_FAILED) return connectFailedText(detail.connection ?? {});
  if (l7 !== undefined) return l7Text(l7);
  if (l4?.tcp !== undefined) return tcpText(l4.tcp.flags ?? {});
  if (l4?.udp !== undefined) return 'UDP';
  if (l4?.sctp !== undefined) return 'SCTP';
  if (l4?.icmpv4 !== undefined) return `ICMPv4 ${icmpV4Text(l4.icmpv4)}`;
  if (l4?.icmpv6 !== undefined) return `ICMPv6 ${icmpV6Text(l4.icmpv6)}`;
  if (l4?.vrrp !== undefined) return 'VRRP';
  if (l4?.igmp !== undefined) return 'IGMP';
  return l3Text(flow);
}
