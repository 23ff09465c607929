/** Flows and endpoints that the tests of the relay share. */
import { type KnownEndpoint, MutableEndpointTable } from '../../../src/flow/endpoints.ts';
import { type Flow, FlowType, TrafficDirection, Verdict } from '../../../src/flow/gen/flow.ts';
import type { FlowEvent, FlowsRequest } from '../../../src/flow/source.ts';
import { History } from '../../../src/relay/history.ts';
import { observeFlows } from '../../../src/relay/observer.ts';

/** 2023-11-14T22:13:20Z, and the flow numbered 0 is of that second. */
export const T0 = 1_700_000_000;

/** A SYN from 10.0.0.1 to 10.0.0.2:80, seen by its receiver `n` seconds after `T0`. */
export const packet = (n: number, more: Partial<Flow> = {}): Flow => ({
  time: { seconds: T0 + n, nanos: 0 },
  verdict: Verdict.FORWARDED,
  type: FlowType.L3_L4,
  ip: { source: '10.0.0.1', destination: '10.0.0.2', ipVersion: 1 },
  l4: { tcp: { sourcePort: 40_000, destinationPort: 80, flags: { syn: true } } },
  eventType: { type: 4 },
  trafficDirection: TrafficDirection.INGRESS,
  isReply: false,
  uuid: `flow-${n}`,
  ...more,
});

/** A pod of namespace `shop`. */
export const pod = (name: string, address: string, local = true, identity = 1000): KnownEndpoint => ({
  addresses: [address],
  local,
  endpoint: {
    id: 1,
    identity,
    namespace: 'shop',
    podName: `${name}-1`,
    labels: [`k8s:app=${name}`],
    workloads: [{ name, kind: 'Deployment' }],
  },
});

export function tableOf(...endpoints: readonly KnownEndpoint[]): MutableEndpointTable {
  const table = new MutableEndpointTable();
  for (const endpoint of endpoints) table.addEndpoint(endpoint);
  return table;
}

/** A history with a clock that stands still until told otherwise. */
export function historyOf({ capacity = 7, nowMs = (T0 + 100) * 1000 } = {}) {
  const clock = { nowMs };
  return { clock, history: new History({ nodeName: 'node-a', capacity, clock: () => clock.nowMs }) };
}

/** Everything one request is answered with, until it ends. */
export async function readAll(history: History, request: FlowsRequest): Promise<FlowEvent[]> {
  const events: FlowEvent[] = [];
  const observation = { history, request, signal: new AbortController().signal };
  for await (const batch of observeFlows(observation)) events.push(...batch.events);
  return events;
}

/** The numbers of flows that `packet` made. */
export const numbersOf = (events: readonly FlowEvent[]): readonly number[] =>
  events.flatMap(({ flow }) => (flow?.time === undefined ? [] : [flow.time.seconds - T0]));
