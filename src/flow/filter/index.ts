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

function anyOf(filters: readonly FlowFilter[]): FlowPredicate {
  const predicates = filters.map(compileFilter);
  const [first] = predicates;
  if (first !== undefined && predicates.length === 1) return first;
  return (flow) => {
    for (const matches of predicates) if (matches(flow)) return true;
    return false;
  };
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
  const allowed = allow.length === 0 ? undefined : anyOf(allow);
  const denied = deny.length === 0 ? undefined : anyOf(deny);
  if (allowed === undefined) return denied === undefined ? () => true : (flow) => !denied(flow);
  return denied === undefined ? allowed : (flow) => allowed(flow) && !denied(flow);
}
