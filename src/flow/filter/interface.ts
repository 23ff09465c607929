import type { FlowFilter } from '../gen/flow.ts';
import { type FlowPredicate, isSet } from './predicate.ts';

/** The observing network interface, by exact name, index or both. */
export function compileInterface({ interface: interfaces }: FlowFilter): FlowPredicate[] {
  if (!isSet(interfaces)) return [];
  return [
    (flow) => {
      const seen = flow.interface;
      if (seen === undefined) return false;
      return interfaces.some(
        ({ index, name }) => (!index || index === (seen.index ?? 0)) && (!name || name === (seen.name ?? '')),
      );
    },
  ];
}
