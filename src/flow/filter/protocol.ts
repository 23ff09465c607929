import type { FlowFilter } from '../gen/flow.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

/** Every protocol name a filter may use, and how a flow shows it. L4 names match L7 flows over them too. */
const PROTOCOLS: Readonly<Record<string, FlowPredicate>> = {
  icmp: ({ l4 }) => l4?.icmpv4 !== undefined || l4?.icmpv6 !== undefined,
  icmpv4: ({ l4 }) => l4?.icmpv4 !== undefined,
  icmpv6: ({ l4 }) => l4?.icmpv6 !== undefined,
  tcp: ({ l4 }) => l4?.tcp !== undefined,
  udp: ({ l4 }) => l4?.udp !== undefined,
  sctp: ({ l4 }) => l4?.sctp !== undefined,
  vrrp: ({ l4 }) => l4?.vrrp !== undefined,
  igmp: ({ l4 }) => l4?.igmp !== undefined,
  dns: ({ l7 }) => l7?.dns !== undefined,
  http: ({ l7 }) => l7?.http !== undefined,
  kafka: ({ l7 }) => l7?.kafka !== undefined,
};

/** L4 and L7 protocols by name, in any case. */
export function compileProtocol({ protocol }: FlowFilter): FlowPredicate[] {
  if (!isSet(protocol)) return [];
  const predicates = protocol.map((value) => {
    const name = value.toLowerCase();
    const predicate = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
    if (predicate !== undefined) return predicate;
    throw badFilter('protocol', value, `unknown protocol, expected one of ${Object.keys(PROTOCOLS).join(', ')}`);
  });
  return [(flow) => predicates.some((matches) => matches(flow))];
}
