import type { LabPlan, PlannedPod, PlannedService } from './plan.ts';
import type { ServicePort } from './shop.ts';

/** The policy that drops what no other one allows, as its rule's comment names it. */
export const DENY_COMMENT = 'Policy payments/default-deny ingress';

/** Apps that may connect to payments, with the policy that says so. */
const ALLOWED = [
  { app: 'checkout', policy: 'payments/allow-checkout' },
  { app: 'prober', policy: 'payments/allow-probes' },
] as const;

/**
 * The node's nftables rules: services as DNAT with kube-proxy's comments, and the policies of the namespace `payments`
 * with Calico's chains and comments (felix/rules/policy.go: "Policy <namespace>/<name> ingress").
 */
export function renderRuleset(plan: LabPlan): string {
  const rules = plan.services.flatMap((service) =>
    service.ports.flatMap((port) => port.protocols.map((protocol) => dnatRule(service, port, protocol))),
  );
  const guarded = plan.pods.filter((pod) => pod.namespace === 'payments');
  return `
table ip kube-proxy {
  chain services {
${rules.join('\n')}
  }
  chain nat-prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump services
  }
  chain nat-output {
    type nat hook output priority -100; policy accept;
    jump services
  }
}
table ip calico {
  chain cali-pi-payments/default-deny {
    counter drop comment "${DENY_COMMENT}"
  }
${guarded.map((pod) => toWorkloadChain(plan, pod)).join('\n')}
  chain filter-FORWARD {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
${guarded.map((pod) => `    oifname "${pod.link}" jump cali-tw-${pod.link}`).join('\n')}
  }
}
`;
}

function dnatRule(service: PlannedService, port: ServicePort, protocol: 'tcp' | 'udp'): string {
  const backends = service.backends.map((pod) => `${pod.address} . ${port.targetPort}`);
  const to =
    backends.length === 1
      ? `${service.backends[0]?.address}:${port.targetPort}`
      : `numgen inc mod ${backends.length} map { ${backends.map((backend, index) => `${index} : ${backend}`).join(', ')} }`;
  const comment = `${service.namespace}/${service.name}:${port.name} cluster IP`;
  return `    ip daddr ${service.address} ${protocol} dport ${port.port} counter dnat ip to ${to} comment "${comment}"`;
}

function toWorkloadChain(plan: LabPlan, pod: PlannedPod): string {
  const accepts = ALLOWED.flatMap(({ app, policy }) =>
    plan.pods
      .filter((source) => source.app === app)
      .map(
        (source) => `    ip saddr ${source.address} tcp dport 8080 counter accept comment "Policy ${policy} ingress"`,
      ),
  );
  return `  chain cali-tw-${pod.link} {\n${accepts.join('\n')}\n    jump cali-pi-payments/default-deny\n  }`;
}
