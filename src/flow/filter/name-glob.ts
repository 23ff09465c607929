import type { FlowFilter } from '../gen/flow.ts';
import { matchesGlob, normalizeGlob } from './glob.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

const ANY_NAME = /^[-0-9_a-z]+(?:\.[-0-9_a-z]+)*$/;
const DEFAULT_CLUSTER = 'default';

type NameMatcher = (name: string) => boolean;

function matchPart(field: string, value: string, part: string): NameMatcher {
  if (part === '') return (name) => ANY_NAME.test(name);
  const glob = normalizeGlob(field, value, part);
  return (name) => matchesGlob(glob, name);
}

/** `node`, `cluster/node` or `cluster/`; a missing part is any. */
function matchNode(value: string): (cluster: string, node: string) => boolean {
  const field = 'node_name';
  if (value === '') throw badFilter(field, value, 'empty pattern');
  const parts = value.split('/');
  if (parts.length > 2) throw badFilter(field, value, 'too many slashes in pattern');
  const [cluster = '', node = ''] = parts.length === 1 ? ['', value] : parts;
  const clusterMatches = matchPart(field, value, cluster);
  const nodeMatches = matchPart(field, value, node);
  return (clusterName, nodeName) => clusterMatches(clusterName) && nodeMatches(nodeName);
}

function compileNodeName(values: readonly string[]): FlowPredicate {
  const patterns = values.map(matchNode);
  return ({ nodeName }) => {
    if (!nodeName) return false;
    const slash = nodeName.indexOf('/');
    const cluster = slash < 0 ? DEFAULT_CLUSTER : nodeName.slice(0, slash);
    const node = nodeName.slice(slash + 1);
    return patterns.some((matches) => matches(cluster, node));
  };
}

/** DNS names of either side and node names, by glob patterns. */
export function compileNameGlob({ sourceFqdn, destinationFqdn, nodeName }: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  const fqdn = (field: string, values: readonly string[], names: 'sourceNames' | 'destinationNames'): void => {
    const globs = values.map((value) => normalizeGlob(field, value));
    predicates.push((flow) => flow[names]?.some((name) => globs.some((glob) => matchesGlob(glob, name))) ?? false);
  };
  if (isSet(sourceFqdn)) fqdn('source_fqdn', sourceFqdn, 'sourceNames');
  if (isSet(destinationFqdn)) fqdn('destination_fqdn', destinationFqdn, 'destinationNames');
  if (isSet(nodeName)) predicates.push(compileNodeName(nodeName));
  return predicates;
}
