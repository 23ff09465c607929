import type { Timestamp } from '../flow/basics.ts';
import { Verdict } from '../flow/gen/flow.ts';
import { type Address, Event } from '../flow/gen/netwatch.ts';
import type { AddressTexts } from './address.ts';
import type { DropReasons } from './drop-reason.ts';
import { createFlow, EventTypeNumber, l4Of, type ObservedFlow } from './flow-parts.ts';
import type { KernelSymbols } from './kernel-symbols.ts';
import { DropLayout as Layout } from './layout.gen.ts';
import type { Observation, Slab } from './observation.ts';

/** What turns a drop's numbers into names. */
export interface DropNames {
  readonly addresses: AddressTexts;
  readonly reasons: DropReasons;
  readonly symbols: Pick<KernelSymbols, 'find'>;
}

/** Where the packet was going before destination NAT; undefined when that is where it goes, or not known. */
function readOriginal({ bytes, view }: Slab, at: number, o: Observation, addresses: AddressTexts): Address | undefined {
  const start = at + Layout.originalDestination;
  if (bytes.subarray(start, start + Layout.originalDestinationLength).every((byte) => byte === 0)) return undefined;
  const ip = addresses.read(bytes, start, o.family);
  const port = view.getUint16(at + Layout.originalPort, true);
  return ip === o.destination && port === o.destinationPort ? undefined : { ip, port };
}

const TCP_INPUT: ReadonlySet<string | undefined> = new Set(['tcp_v4_rcv', 'tcp_v6_rcv']);

/**
 * Whether a drop is the ordinary end of a packet: TCP's input frees every packet of a connection in TIME_WAIT without a
 * reason, after it has been answered (net/ipv4/tcp_ipv4.c, label do_time_wait). Not told apart without kernel symbols.
 */
export function isTimeWaitDrop({ detail }: ObservedFlow): boolean {
  return detail.skbDropReason === 'NOT_SPECIFIED' && TCP_INPUT.has(detail.dropFunction);
}

/** The flow of a `struct nw_drop`. Whether it was a reply is not known: `isReply` is absent. */
export function dropFlow(slab: Slab, at: number, o: Observation, time: Timestamp, names: DropNames): ObservedFlow {
  const { view } = slab;
  const reason = names.reasons.name(view.getUint32(at + Layout.reason, true));
  const icmp = { type: view.getUint8(at + Layout.icmpType), code: view.getUint8(at + Layout.icmpCode) };
  const flow = createFlow(o, time, l4Of(o, true, icmp), Event.EVENT_DROP);
  flow.verdict = Verdict.DROPPED;
  flow.dropReason = reason.hubble;
  flow.dropReasonDesc = reason.hubble;
  flow.eventType = { type: EventTypeNumber.drop, subType: reason.hubble };
  if (o.ifindex !== 0) flow.interface = { index: o.ifindex };
  flow.detail.skbDropReason = reason.name;
  flow.detail.dropFunction = names.symbols.find(view.getBigUint64(at + Layout.location, true));
  flow.detail.originalDestination = readOriginal(slab, at, o, names.addresses);
  return flow;
}
