import { NetwatchError } from '../base/error.ts';
import { SHOP_PODS } from './shop.ts';

/** One thing that can be wrong in the shop. */
export type Fault = 'policy-drop' | 'slow' | 'dns' | 'refused' | 'errors';

export interface Scenario {
  readonly name: string;
  /** One line for people who choose. */
  readonly summary: string;
  readonly faults: readonly Fault[];
}

/** What the pods of one workload do, for people. */
export interface PodRole {
  /** `namespace/app`. */
  readonly pod: string;
  readonly does: string;
}

const FAULT_ROLES: Readonly<Record<Fault, PodRole>> = {
  'policy-drop': {
    pod: 'batch/legacy-report',
    does: 'connects to payments; the policy payments/default-deny drops it',
  },
  slow: {
    pod: 'payments/payments',
    does: 'holds a third of POST /v1/charge for 300 to 900 ms, so checkout is slow too',
  },
  dns: { pod: 'shop/cart', does: 'asks for redis-cart, a service that does not exist (NXDOMAIN)' },
  refused: { pod: 'monitoring/prober', does: 'connects to the metrics port of store, which is closed (RST)' },
  errors: { pod: 'shop/store', does: 'answers 404 to a tenth of product look-ups, payments 503 to a sixth of charges' },
};

/** Every scenario the demo offers; the first is the default. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'incident',
    summary: 'a bad night: a policy drop, slow payments, 404 and 503, an unknown name and a closed port',
    faults: ['policy-drop', 'slow', 'dns', 'refused', 'errors'],
  },
  { name: 'healthy', summary: 'the shop with nothing wrong', faults: [] },
  { name: 'policy-drop', summary: 'one caller that a network policy drops', faults: ['policy-drop'] },
  { name: 'slow', summary: 'slow charges in payments, felt up to the gateway', faults: ['slow'] },
  { name: 'dns', summary: 'a caller that asks for a name that does not exist', faults: ['dns'] },
  { name: 'refused', summary: 'a prober that finds a port closed', faults: ['refused'] },
  { name: 'errors', summary: 'HTTP 404 from store and 503 from payments', faults: ['errors'] },
];

/** What each workload of the shop does in a scenario, then what is wrong in it. */
export function describeScenario({ faults }: Scenario): {
  readonly roles: readonly PodRole[];
  readonly wrong: readonly PodRole[];
} {
  const roles = new Map(SHOP_PODS.map(({ namespace, app, role }) => [`${namespace}/${app}`, role]));
  return { roles: [...roles].map(([pod, does]) => ({ pod, does })), wrong: faults.map((fault) => FAULT_ROLES[fault]) };
}

/** The scenario of that name; a `usage` error that lists them all when there is none. */
export function findScenario(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  throw new NetwatchError('usage', `there is no scenario "${name}"`, {
    hint: `Choose one of ${SCENARIOS.map((candidate) => candidate.name).join(', ')}.`,
  });
}
