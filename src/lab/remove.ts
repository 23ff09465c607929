import { NetwatchError } from '../base/error.ts';
import { debug } from '../base/log.ts';
import { cgroupRoot, killIfAlive, removeCgroups } from './cgroup.ts';
import { findDeadSlots, releaseSlot } from './claim.ts';
import { removeNetwork } from './network.ts';
import { type LabPlan, planLab } from './plan.ts';
import { runTool } from './tool.ts';

const log = debug('lab');

/** The cgroup above those of a lab's pods, below the cgroup v2 mount. */
export function labCgroup(slot: number): string {
  return `netwatch-lab${slot}`;
}

/** Removes what labs whose owner is dead left behind. */
export async function removeLeftovers(): Promise<void> {
  for (const slot of await findDeadSlots()) {
    log(() => `slot ${slot}: its lab is dead, removing what it left`);
    await removeSlot(slot);
  }
}

/** Removes everything the lab in `slot` may have made, then its claim. What is left is a `lab` error, and the claim stays. */
export async function removeSlot(slot: number): Promise<void> {
  const plan = planLab(slot);
  const root = await cgroupRoot(labCgroup(slot));
  const left = [...(root === undefined ? [] : await removeCgroups(root))];
  await endProcesses(plan);
  left.push(...(await removeNetwork([...plan.pods.map((pod) => pod.netns), plan.nodeNetns])));
  if (left.length === 0) return releaseSlot(slot);
  throw new NetwatchError('lab', `could not remove ${left.length} things of the demo: ${left.join('; ')}`, {
    hint: 'the next demo tries again',
  });
}

/** Ends what still runs in the namespaces: processes without a cgroup, and commands somebody started there. */
async function endProcesses(plan: LabPlan): Promise<void> {
  const namespaces = [plan.nodeNetns, ...plan.pods.map((pod) => pod.netns)];
  const { stdout } = await runTool(
    ['ip', '-force', '-batch', '-'],
    namespaces.map((name) => `netns pids ${name}\n`).join(''),
  );
  for (const pid of stdout.split('\n').filter(Boolean).map(Number)) {
    if (pid > 1 && pid !== process.pid) killIfAlive(pid);
  }
}
