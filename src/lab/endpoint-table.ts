import { MutableEndpointTable } from '../flow/endpoints.ts';
import type { Endpoint } from '../flow/gen/flow.ts';
import { identityOf, ReservedIdentity } from '../flow/identity.ts';
import { type LabPlan, NODE_ADDRESS, type PlannedPod } from './plan.ts';

const LAB_CLUSTER = 'lab';

/** Every pod and service of a lab, named as a relay in a real cluster would name them; all pods are local. */
export function createEndpointTable(plan: LabPlan): MutableEndpointTable {
  const table = new MutableEndpointTable();
  for (const [index, pod] of plan.pods.entries()) {
    table.addEndpoint({ addresses: [pod.address], endpoint: endpointOf(pod, index), local: true });
  }
  table.addEndpoint({
    addresses: [NODE_ADDRESS],
    endpoint: { identity: ReservedIdentity.host, labels: ['reserved:host'], clusterName: LAB_CLUSTER },
    local: true,
  });
  for (const { address, namespace, name, ports, backends } of plan.services) {
    for (const { port } of ports) {
      table.addService({ address, port, service: { name, namespace }, backends: backends.map((pod) => pod.address) });
    }
  }
  return table;
}

/** A pod's labels as Hubble spells them, sorted. */
function labelsOf({ app, namespace }: PlannedPod): readonly string[] {
  return [`k8s:app=${app}`, `k8s:io.kubernetes.pod.namespace=${namespace}`];
}

function endpointOf(pod: PlannedPod, index: number): Endpoint {
  const labels = labelsOf(pod);
  return {
    id: 101 + index,
    identity: identityOf(pod.namespace, labels),
    namespace: pod.namespace,
    labels,
    podName: pod.name,
    workloads: [pod.workload],
    clusterName: LAB_CLUSTER,
  };
}
