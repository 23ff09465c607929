import type { FlowFilter, TCPFlags } from '../gen/flow.ts';
import { type FlowPredicate, isSet } from './predicate.ts';

const NAMES = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns'] as const;

/** TCP flags: a flow needs all the flags of one entry, and may have more. */
export function compileTcpFlags({ tcpFlags }: FlowFilter): FlowPredicate[] {
  if (!isSet(tcpFlags)) return [];
  const entries = tcpFlags.map((entry) => NAMES.filter((name) => entry[name] === true));
  return [
    (flow) => {
      const flags: TCPFlags | undefined = flow.l4?.tcp?.flags;
      return flags !== undefined && entries.some((names) => names.every((name) => flags[name] === true));
    },
  ];
}
