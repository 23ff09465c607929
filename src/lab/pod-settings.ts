import { planBehaviour } from './behaviour.ts';
import type { LabPlan } from './plan.ts';
import type { Scenario } from './scenario.ts';
import type { PodSettings } from './settings.ts';
import { CLUSTER_DOMAIN, serviceHost } from './shop.ts';

/** What each pod of the plan is told, by pod name. */
export function planSettings(
  plan: LabPlan,
  scenario: Scenario,
  pace: { readonly seed: number; readonly rate: number; readonly rounds?: number | undefined },
): ReadonlyMap<string, PodSettings> {
  const behaviours = planBehaviour(scenario.faults);
  const names = Object.fromEntries(plan.services.map((each) => [serviceHost(each.namespace, each.name), each.address]));
  const dnsAddress = names[serviceHost('kube-system', 'kube-dns')] ?? '';
  return new Map(
    plan.pods.map(({ name, app }) => {
      const behaviour = behaviours[app] ?? { tasks: [] };
      const dns = app === 'coredns' ? { port: 53, names, zone: CLUSTER_DOMAIN } : undefined;
      return [name, { pod: name, ...pace, dnsAddress, dns, http: behaviour.http, tasks: behaviour.tasks }];
    }),
  );
}
