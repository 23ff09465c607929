import { type LabPlan, NODE_ADDRESS, type PlannedPod } from './plan.ts';
import { renderRuleset } from './policy.ts';
import { settleAll } from './settle-all.ts';
import { requireTool, runTool } from './tool.ts';

// New namespaces inherit whatever the host has; these are what a Kubernetes node has. No IPv6: the shop does not use
// it, and its neighbour discovery would only be noise.
const NODE_SYSCTLS = [
  'net/ipv4/ip_forward=1',
  'net/ipv4/conf/all/rp_filter=0',
  'net/ipv4/conf/default/rp_filter=1',
  'net/ipv6/conf/all/disable_ipv6=1',
  'net/ipv6/conf/default/disable_ipv6=1',
];
const POD_SYSCTLS = ['net/ipv6/conf/all/disable_ipv6=1', 'net/ipv6/conf/default/disable_ipv6=1'];

/** Makes the node's and the pods' namespaces, links, routes and rules. A failure leaves parts: `removeNetwork` them. */
export async function createNetwork(plan: LabPlan): Promise<void> {
  const { nodeNetns, pods } = plan;
  await requireTool(
    ['ip', '-batch', '-'],
    lines([nodeNetns, ...pods.map((pod) => pod.netns)], (name) => `netns add ${name}`),
  );
  await configure(nodeNetns, NODE_SYSCTLS, `link set lo up\n${lines(pods, nodeSide)}`);
  await settleAll([
    requireTool(['ip', 'netns', 'exec', nodeNetns, 'nft', '-f', '-'], renderRuleset(plan)),
    ...pods.map((pod) => configure(pod.netns, POD_SYSCTLS, podSide(pod))),
  ]);
}

/** Removes the namespaces, and with them links, routes and rules. Names that are not there are no error: what `ip` said otherwise. */
export async function removeNetwork(namespaces: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await runTool(
    ['ip', '-force', '-batch', '-'],
    lines(namespaces, (name) => `netns del ${name}`),
  );
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('Cannot remove') && !line.includes('No such file or directory'));
}

/** One process for a namespace's settings and links. `ip netns exec` because /proc/sys/net shows the reader's own. */
async function configure(netns: string, sysctls: readonly string[], batch: string): Promise<string> {
  const writes = sysctls.map((setting) => {
    const [name, value] = setting.split('=');
    return `[ ! -e /proc/sys/${name} ] || echo ${value} > /proc/sys/${name}`;
  });
  return requireTool(['ip', 'netns', 'exec', netns, 'sh', '-ec', `${writes.join('\n')}\nexec ip -batch -`], batch);
}

function nodeSide(pod: PlannedPod): string {
  return [
    `link add ${pod.link} type veth peer name eth0 netns ${pod.netns}`,
    `addr add ${NODE_ADDRESS}/32 dev ${pod.link}`,
    `link set ${pod.link} up`,
    `route add ${pod.address}/32 dev ${pod.link}`,
  ].join('\n');
}

function podSide(pod: PlannedPod): string {
  return [
    'link set lo up',
    `addr add ${pod.address}/32 dev eth0`,
    'link set eth0 up',
    `route add ${NODE_ADDRESS} dev eth0 scope link`,
    `route add default via ${NODE_ADDRESS} dev eth0`,
    '',
  ].join('\n');
}

function lines<T>(items: readonly T[], line: (item: T) => string): string {
  return items.map((item) => `${line(item)}\n`).join('');
}
