import type { Endpoint, FlowFilter, Service } from '../gen/flow.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

interface NamePattern {
  /** Nothing means any namespace. */
  readonly namespace: string | undefined;
  readonly prefix: string;
}

/** `name` is in namespace `default`, `ns/name` in `ns`, `/name` in any; the name is a prefix and may be empty. */
function parsePattern(field: string, value: string): NamePattern {
  if (value === '') throw badFilter(field, value, 'must be [namespace/]name');
  const slash = value.indexOf('/');
  if (slash < 0) return { namespace: 'default', prefix: value };
  return { namespace: slash === 0 ? undefined : value.slice(0, slash), prefix: value.slice(slash + 1) };
}

function matchNames(field: string, values: readonly string[]): (namespace?: string, name?: string) => boolean {
  const patterns = values.map((value) => parsePattern(field, value));
  return (namespace = '', name = '') => {
    if (namespace === '' && name === '') return false;
    for (const pattern of patterns) {
      if (pattern.namespace !== undefined && pattern.namespace !== namespace) continue;
      if (name.startsWith(pattern.prefix)) return true;
    }
    return false;
  };
}

/** Pods and services by `[namespace/]prefix`. */
export function compileNamespacedName(filter: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  const pod = (field: string, values: readonly string[] | undefined, side: 'source' | 'destination'): void => {
    if (!isSet(values)) return;
    const matches = matchNames(field, values);
    predicates.push((flow) => {
      const endpoint: Endpoint | undefined = flow[side];
      return endpoint !== undefined && matches(endpoint.namespace, endpoint.podName);
    });
  };
  const service = (
    field: string,
    values: readonly string[] | undefined,
    side: 'sourceService' | 'destinationService',
  ): void => {
    if (!isSet(values)) return;
    const matches = matchNames(field, values);
    predicates.push((flow) => {
      const known: Service | undefined = flow[side];
      return known !== undefined && matches(known.namespace, known.name);
    });
  };
  pod('source_pod', filter.sourcePod, 'source');
  pod('destination_pod', filter.destinationPod, 'destination');
  service('source_service', filter.sourceService, 'sourceService');
  service('destination_service', filter.destinationService, 'destinationService');
  return predicates;
}
