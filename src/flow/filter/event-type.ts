import type { FlowFilter } from '../gen/flow.ts';
import { type FlowPredicate, isSet } from './predicate.ts';

/** Monitor event types: type 0 is every type, the sub-type counts only when `match_sub_type` is set. */
export function compileEventType({ eventType }: FlowFilter): FlowPredicate[] {
  if (!isSet(eventType)) return [];
  return [
    ({ eventType: event }) => {
      if (event === undefined) return false;
      const { type = 0, subType = 0 } = event;
      for (const wanted of eventType) {
        if (wanted.type && wanted.type !== type) continue;
        if (wanted.matchSubType && (wanted.subType ?? 0) !== subType) continue;
        return true;
      }
      return false;
    },
  ];
}
