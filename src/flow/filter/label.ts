import type { Flow, FlowFilter } from '../gen/flow.ts';
import { type FlowPredicate, isSet } from './predicate.ts';
import { compileSelector } from './selector.ts';

const NO_LABELS: readonly string[] = [];

/** Labels of the two endpoints and of the node, by selectors; one that matches is enough. */
export function compileLabel({ sourceLabel, destinationLabel, nodeLabels }: FlowFilter): FlowPredicate[] {
  const predicates: FlowPredicate[] = [];
  const add = (
    field: string,
    values: readonly string[] | undefined,
    labelsOf: (flow: Flow) => readonly string[] | undefined,
  ): void => {
    if (!isSet(values)) return;
    const selectors = values.map((value) => compileSelector(field, value));
    predicates.push((flow) => {
      const labels = labelsOf(flow) ?? NO_LABELS;
      return selectors.some((matches) => matches(labels));
    });
  };
  add('source_label', sourceLabel, (flow) => flow.source?.labels);
  add('destination_label', destinationLabel, (flow) => flow.destination?.labels);
  add('node_labels', nodeLabels, (flow) => flow.nodeLabels);
  return predicates;
}
