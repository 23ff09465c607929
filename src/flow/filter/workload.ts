import type { FlowFilter, Workload } from '../gen/flow.ts';
import { type FlowPredicate, isSet } from './predicate.ts';

function matchWorkloads(wanted: readonly Workload[], side: 'source' | 'destination'): FlowPredicate {
  return (flow) => {
    for (const { name, kind } of flow[side]?.workloads ?? []) {
      for (const filter of wanted) {
        if ((!filter.name || filter.name === name) && (!filter.kind || filter.kind === kind)) return true;
      }
    }
    return false;
  };
}

/** Owners of the endpoints, by exact name, kind or both. */
export function compileWorkload({ sourceWorkload, destinationWorkload }: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  if (isSet(sourceWorkload)) predicates.push(matchWorkloads(sourceWorkload, 'source'));
  if (isSet(destinationWorkload)) predicates.push(matchWorkloads(destinationWorkload, 'destination'));
  return predicates;
}
