import { type Flow, type FlowFilter, Verdict } from '../gen/flow.ts';
import { badFilter, type FlowPredicate, isSet } from './predicate.ts';

function oneOf<T>(values: readonly T[] | undefined, read: (flow: Flow) => T): FlowPredicate[] {
  if (!isSet(values)) return [];
  if (values.length === 1) {
    const [only] = values;
    return [(flow) => read(flow) === only];
  }
  const wanted = new Set(values);
  return [(flow) => wanted.has(read(flow))];
}

function clusterNames(
  field: string,
  names: readonly string[] | undefined,
  side: 'source' | 'destination',
): FlowPredicate[] {
  if (names?.includes('')) throw badFilter(field, '', 'must not be empty');
  return oneOf(names, (flow) => flow[side]?.clusterName);
}

function dropReasons(reasons: FlowFilter['dropReasonDesc']): FlowPredicate[] {
  return oneOf(reasons, (flow) => (flow.verdict === Verdict.DROPPED ? (flow.dropReasonDesc ?? 0) : undefined));
}

/** Whether a flow is a reply. When that is unknown, a dropped flow counts as no reply and any other never matches. */
function replies(values: readonly boolean[] | undefined): FlowPredicate[] {
  return oneOf(values, ({ isReply, verdict }) => isReply ?? (verdict === Verdict.DROPPED ? false : undefined));
}

function ipTraceIds(ids: FlowFilter['ipTraceId']): FlowPredicate[] {
  if (ids?.some((id) => id <= 0)) throw badFilter('ip_trace_id', '0', 'must be greater than 0');
  return oneOf(ids, (flow) => flow.ipTraceId?.traceId);
}

/** Every field whose values are simply compared: one of those given must be the flow's. */
export function compileExact(filter: FlowFilter): FlowPredicate[] {
  return [
    ...oneOf(filter.verdict, (flow) => flow.verdict ?? 0),
    ...dropReasons(filter.dropReasonDesc),
    ...oneOf(filter.trafficDirection, (flow) => flow.trafficDirection ?? 0),
    ...replies(filter.reply),
    ...oneOf(filter.sourceIdentity, (flow) => flow.source?.identity ?? 0),
    ...oneOf(filter.destinationIdentity, (flow) => flow.destination?.identity ?? 0),
    ...oneOf(filter.ipVersion, (flow) => flow.ip?.ipVersion ?? 0),
    ...oneOf(filter.encrypted, (flow) => flow.ip?.encrypted ?? false),
    ...clusterNames('source_cluster_name', filter.sourceClusterName, 'source'),
    ...clusterNames('destination_cluster_name', filter.destinationClusterName, 'destination'),
    ...oneOf(filter.uuid, (flow) => flow.uuid),
    ...oneOf(filter.traceId, (flow) => flow.traceContext?.parent?.traceId),
    ...ipTraceIds(filter.ipTraceId),
  ];
}
