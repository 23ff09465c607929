import { NetwatchError } from '../../base/error.ts';
import type { FlowFilter } from '../gen/flow.ts';
import { compileEventType } from './event-type.ts';
import { compileExact } from './exact.ts';
import { compileInterface } from './interface.ts';
import { compileIp } from './ip.ts';
import { compileL7 } from './l7.ts';
import { compileLabel } from './label.ts';
import { compileNameGlob } from './name-glob.ts';
import { compileNamespacedName } from './namespaced-name.ts';
import { compilePort } from './port.ts';
import type { FilterCompiler, FlowPredicate } from './predicate.ts';
import { compileProtocol } from './protocol.ts';
import { compileTcpFlags } from './tcp-flags.ts';
import { compileWorkload } from './workload.ts';

export type { FlowPredicate } from './predicate.ts';

/** Cheap ones first: a predicate that fails spares the rest. */
const COMPILERS: readonly FilterCompiler[] = [
  compileExact,
  compileEventType,
  compilePort,
  compileProtocol,
  compileTcpFlags,
  compileNamespacedName,
  compileWorkload,
  compileInterface,
  compileIp,
  compileLabel,
  compileNameGlob,
  compileL7,
];

function refuseUnsupported({ experimental }: FlowFilter): void {
  if (experimental?.celExpression?.length) {
    throw new NetwatchError('usage', 'CEL expressions are not supported by this server', {
      hint: 'Use the other filters; they cover pods, services, labels, addresses, ports, HTTP and DNS.',
    });
  }
}

/** One filter: every field that is set must match. */
function compileFilter(filter: FlowFilter): FlowPredicate {
  refuseUnsupported(filter);
  const predicates = COMPILERS.flatMap((compile) => compile(filter));
  const [first, second] = predicates;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (predicates.length === 2) return (flow) => first(flow) && second(flow);
  return (flow) => {
    for (const matches of predicates) if (!matches(flow)) return false;
    return true;
  };
}

function anyOf(predicates: readonly FlowPredicate[]): FlowPredicate {
  const [first] = predicates;
  if (first !== undefined && predicates.length === 1) return first;
  return (flow) => {
    for (const matches of predicates) if (matches(flow)) return true;
    return false;
  };
}

type FieldTest = (name: string) => boolean;

const isAboutSource: FieldTest = (name) => name.startsWith('source');
const isAboutNoSide: FieldTest = (name) => !isAboutSource(name) && !name.startsWith('destination');

const PARTS: readonly FieldTest[] = [isAboutNoSide, isAboutSource];

const pickFields = (filter: FlowFilter, picks: FieldTest): FlowFilter =>
  Object.fromEntries(Object.entries(filter).filter(([name]) => picks(name)));

/**
 * A list of filters. Those that ask the same of one part ask it once: `--from a --to b` is every reading of `a` times
 * every reading of `b`, and most flows fail at all readings of `a`. `parts` splits the fields, outermost part first.
 */
function compileList(filters: readonly FlowFilter[], parts: readonly FieldTest[] = PARTS): FlowPredicate {
  const [part, ...inner] = parts;
  if (part === undefined || filters.length === 1) return anyOf(filters.map(compileFilter));
  const groups = new Map<string, { readonly shared: FlowFilter; readonly rests: FlowFilter[] }>();
  for (const filter of filters) {
    const shared = pickFields(filter, part);
    const key = JSON.stringify(shared, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    const group = groups.get(key) ?? { shared, rests: [] };
    group.rests.push(pickFields(filter, (name) => !part(name)));
    groups.set(key, group);
  }
  const predicates = [...groups.values()].map(({ shared, rests }): FlowPredicate => {
    const rest = compileList(rests, inner);
    if (Object.keys(shared).length === 0) return rest;
    const first = compileFilter(shared);
    return (flow) => first(flow) && rest(flow);
  });
  return anyOf(predicates);
}

/** Allow and deny lists as they stand in a request: `whitelist` and `blacklist`. */
export interface FilterLists {
  readonly allow?: readonly FlowFilter[];
  readonly deny?: readonly FlowFilter[];
}

/**
 * Compiles filter lists once into one fast decision: some allow filter matches (or there is none) and no deny filter
 * does. Inside a filter all fields must match, inside a field one value. Meanings are Hubble's, field by field.
 * Throws `NetwatchError('usage')` that names the field and the value.
 */
export function compileFilters({ allow = [], deny = [] }: FilterLists): FlowPredicate {
  const allowed = allow.length === 0 ? undefined : compileList(allow);
  const denied = deny.length === 0 ? undefined : compileList(deny);
  if (allowed === undefined) return denied === undefined ? () => true : (flow) => !denied(flow);
  return denied === undefined ? allowed : (flow) => allowed(flow) && !denied(flow);
}
