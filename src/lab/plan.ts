import { SHOP_PODS, SHOP_SERVICES, type ShopPod, type ShopService } from './shop.ts';

/** How many labs can run on one machine at once: each has its own third byte in both address ranges. */
export const MAX_LABS = 200;

/** The address of every pod's gateway: the node's end of its veth pair, the same on each, as Calico has it. */
export const NODE_ADDRESS = '169.254.1.1';

const PREFIX = 'nw-lab';

export interface PlannedPod extends ShopPod {
  readonly address: string;
  /** Name of its network namespace. */
  readonly netns: string;
  /** Name of the node's end of its veth pair, at most 15 bytes. */
  readonly link: string;
}

export interface PlannedService extends ShopService {
  readonly address: string;
  readonly backends: readonly PlannedPod[];
}

/** Every name and address of one lab. */
export interface LabPlan {
  /** 0..MAX_LABS-1. */
  readonly slot: number;
  readonly nodeNetns: string;
  readonly pods: readonly PlannedPod[];
  readonly services: readonly PlannedService[];
}

/** The plan of the lab in `slot`: pods 10.244.slot.11 and up, services 10.96.slot.10 (DNS) and up. */
export function planLab(slot: number): LabPlan {
  if (!Number.isInteger(slot) || slot < 0 || slot >= MAX_LABS) throw new RangeError(`no lab slot ${slot}`);
  const prefix = `${PREFIX}${slot}`;
  const pods = SHOP_PODS.map((pod, index) => ({
    ...pod,
    address: `10.244.${slot}.${11 + index}`,
    netns: `${prefix}-${pod.name}`,
    link: `veth${pod.app.slice(0, 9)}${index}`,
  }));
  const services = SHOP_SERVICES.map((service, index) => ({
    ...service,
    address: `10.96.${slot}.${10 + index}`,
    backends: pods.filter((pod) => pod.namespace === service.namespace && pod.app === service.app),
  }));
  return { slot, nodeNetns: `${prefix}-node`, pods, services };
}

/** The cgroup above those of a lab's pods, below the cgroup v2 mount. */
export function labCgroup(slot: number): string {
  return `${PREFIX}${slot}`;
}

/** The network namespaces of a lab, pods first. */
export function namespacesOf(plan: LabPlan): readonly string[] {
  return [...plan.pods.map((pod) => pod.netns), plan.nodeNetns];
}

/** The slot whose lab made the namespace or cgroup of this name, or undefined when no lab did. */
export function slotOf(name: string): number | undefined {
  const match = /^nw-lab(\d{1,3})(-|$)/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
