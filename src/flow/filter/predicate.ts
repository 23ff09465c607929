import { NetwatchError } from '../../base/error.ts';
import type { Flow, FlowFilter } from '../gen/flow.ts';

/** Decides about one flow. Never throws. */
export type FlowPredicate = (flow: Flow) => boolean;

/**
 * Compiles the fields of a filter that one file knows: one predicate a field that is set, none for the others.
 * Throws `NetwatchError('usage')` that names the field and the value.
 */
export type FilterCompiler = (filter: FlowFilter) => readonly FlowPredicate[];

/** A list with something in it: on the wire an empty list is an absent one. */
export const isSet = <T>(values: readonly T[] | undefined): values is readonly T[] =>
  values !== undefined && values.length > 0;

/** The error for a value that a filter field cannot hold. `field` is the proto name. */
export function badFilter(field: string, value: string, reason: string, cause?: unknown): NetwatchError {
  return new NetwatchError('usage', `invalid ${field} filter ${JSON.stringify(value)}: ${reason}`, { cause });
}
