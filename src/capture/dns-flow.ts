import type { Timestamp } from '../flow/basics.ts';
import { FlowType, L7FlowType, TrafficDirection } from '../flow/gen/flow.ts';
import { Event } from '../flow/gen/netwatch.ts';
import type { KernelTime } from './clock.ts';
import type { CaptureCounts } from './counts.ts';
import { type DnsMessage, parseDns, splitDnsOverTcp } from './dns.ts';
import { DnsExchanges } from './dns-exchanges.ts';
import { createFlow, L7_EVENT_TYPE, l4Of, type ObservedFlow, setReply } from './flow-parts.ts';
import { Direction, L7 } from './layout.gen.ts';
import type { Message } from './message.ts';
import type { Observation } from './observation.ts';

/** The client's address and port, whichever way the message goes. */
function clientOf(o: Observation, isResponse: boolean): string {
  return isResponse ? `${o.destination}:${o.destinationPort}` : `${o.source}:${o.sourcePort}`;
}

/** Who sends a query or receives a response is the client. */
function directionOf({ direction }: Observation, isResponse: boolean): number | undefined {
  if (direction === Direction.unknown) return undefined;
  return (direction === Direction.egress) !== isResponse ? TrafficDirection.EGRESS : TrafficDirection.INGRESS;
}

/** Turns DNS messages into flows, and pairs them. */
export class DnsFlows {
  readonly #exchanges: DnsExchanges;
  readonly #counts: CaptureCounts;

  constructor(counts: CaptureCounts) {
    this.#counts = counts;
    this.#exchanges = new DnsExchanges(counts);
  }

  /** One flow per message in the packet; what is none is counted. */
  read(o: Observation, { payload, protocol }: Message, time: Timestamp): readonly ObservedFlow[] {
    const packets = protocol === L7.dnsTcp ? splitDnsOverTcp(payload) : [payload];
    const messages = packets.map(parseDns).filter((message) => message !== undefined);
    this.#counts.dnsUnparsed += Math.max(packets.length, 1) - messages.length;
    return messages.map((message) => this.#flow(o, message, time));
  }

  /** Forgets queries that nobody answered. */
  expire(now: KernelTime): void {
    this.#exchanges.expire(now);
  }

  #flow(o: Observation, message: DnsMessage, time: Timestamp): ObservedFlow {
    const { isResponse, query, qtype, rcode, ips, cnames, rrtypes, ttl, isCut } = message;
    const key = `${o.socketCookie}/${clientOf(o, isResponse)}/${message.id}`;
    const latencyNs = isResponse ? this.#exchanges.response(key, o.time) : undefined;
    if (!isResponse) this.#exchanges.query(key, o.time);
    if (isCut) this.#counts.dnsCut++;
    const dns = isResponse
      ? { query, ips, ttl, cnames, rcode, qtypes: [qtype], rrtypes }
      : { query, qtypes: [qtype], rcode };
    const flow = createFlow(o, time, l4Of(o, false), Event.EVENT_L7);
    flow.type = FlowType.L7;
    flow.l7 = { type: isResponse ? L7FlowType.RESPONSE : L7FlowType.REQUEST, latencyNs, http: undefined, dns };
    flow.eventType = L7_EVENT_TYPE;
    flow.trafficDirection = directionOf(o, isResponse);
    setReply(flow, isResponse);
    return flow;
  }
}
