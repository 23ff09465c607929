import type { Flow, FlowFilter } from '../gen/flow.ts';
import { type AddressBlock, blockContains, parseAddress, parseBlock } from './address.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

/** Addresses whose blocks a filter remembers. */
const MAX_DECIDED = 4096;

function matchIps(
  field: string,
  values: readonly string[],
  addressOf: (flow: Flow) => string | undefined,
): FlowPredicate {
  const addresses = new Set<string>();
  const blocks: AddressBlock[] = [];
  for (const value of values) {
    if (value.includes('/')) {
      const block = parseBlock(value);
      if (typeof block === 'string') throw badFilter(field, value, block);
      blocks.push(block);
    } else {
      if (parseAddress(value) === undefined) throw badFilter(field, value, 'not an IP address');
      addresses.add(value);
    }
  }
  const inBlock = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && blocks.some((block) => blockContains(block, address));
  };
  if (blocks.length === 0) return (flow) => addresses.has(addressOf(flow) ?? '');
  const decided = new Map<string, boolean>();
  return (flow) => {
    const text = addressOf(flow);
    if (!text) return false;
    if (addresses.has(text)) return true;
    const known = decided.get(text);
    if (known !== undefined) return known;
    // Few addresses make most flows; many must not fill the memory.
    if (decided.size >= MAX_DECIDED) decided.clear();
    const matches = inBlock(text);
    decided.set(text, matches);
    return matches;
  };
}

/** Addresses: by their text, or by CIDR block. A flow without an address never matches. */
export function compileIp(filter: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  const { sourceIp, destinationIp, sourceIpXlated } = filter;
  if (isSet(sourceIp)) predicates.push(matchIps('source_ip', sourceIp, (flow) => flow.ip?.source));
  if (isSet(destinationIp)) predicates.push(matchIps('destination_ip', destinationIp, (flow) => flow.ip?.destination));
  if (isSet(sourceIpXlated)) {
    predicates.push(matchIps('source_ip_xlated', sourceIpXlated, (flow) => flow.ip?.sourceXlated));
  }
  return predicates;
}
