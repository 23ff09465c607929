import type { Flow, FlowFilter } from '../gen/flow.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

function parsePorts(field: string, values: readonly string[]): ReadonlySet<number> {
  return new Set(
    values.map((value) => {
      const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
      if (!(port <= 65535)) throw badFilter(field, value, 'must be a number from 0 to 65535');
      return port;
    }),
  );
}

const transportOf = ({ l4 }: Flow) => l4?.tcp ?? l4?.udp ?? l4?.sctp;

/** Ports of TCP, UDP and SCTP. */
export function compilePort({ sourcePort, destinationPort }: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  if (isSet(sourcePort)) {
    const ports = parsePorts('source_port', sourcePort);
    predicates.push((flow) => {
      const transport = transportOf(flow);
      return transport !== undefined && ports.has(transport.sourcePort ?? 0);
    });
  }
  if (isSet(destinationPort)) {
    const ports = parsePorts('destination_port', destinationPort);
    predicates.push((flow) => {
      const transport = transportOf(flow);
      return transport !== undefined && ports.has(transport.destinationPort ?? 0);
    });
  }
  return predicates;
}
