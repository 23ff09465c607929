import { rmdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, NetwatchError } from '../base/error.ts';
import { debug } from '../base/log.ts';
import { findCgroupRoot, killIfAlive, removeCgroups } from './cgroup.ts';
import { claimSlot } from './claim.ts';
import { removeNetwork } from './network.ts';
import { labCgroup, MAX_LABS, namespacesOf, planLab, slotOf } from './plan.ts';
import { runTool, runToolNow } from './tool.ts';

const log = debug('lab');
// Where iproute2 keeps named namespaces.
const NETNS_DIR = '/run/netns';

/**
 * Removes what labs left behind whose process is gone: every slot with something in it that can be claimed, and the one
 * that is `own`. Only a failure in the latter is an error; the others stay for the next lab.
 */
export async function removeLeftovers(own: number): Promise<void> {
  for (const slot of await findUsedSlots()) {
    const claim = slot === own ? undefined : await claimSlot(slot);
    if (slot !== own && claim === undefined) continue;
    log(() => `slot ${slot}: its lab is dead, removing what it left`);
    try {
      await removeSlot(slot);
    } catch (error) {
      if (slot === own) throw error;
      log(() => messageOf(error));
    } finally {
      await claim?.release();
    }
  }
}

/** Removes everything the lab in `slot` may have made; its claim must be ours. What is left is a `lab` error. */
export async function removeSlot(slot: number): Promise<void> {
  const root = await findCgroupRoot(labCgroup(slot));
  const left = root === undefined ? [] : [...(await removeCgroups(root))];
  const namespaces = namespacesOf(planLab(slot));
  await endProcesses(namespaces);
  left.push(...(await removeNetwork(namespaces)));
  if (left.length === 0) return;
  throw new NetwatchError('lab', `the demo could not remove ${left.join('; ')}`, {
    hint: 'The next demo tries again.',
  });
}

/** What can be done without waiting, for a process that is about to exit: the rest is left to the next lab. */
export function removeSlotNow(slot: number, pids: readonly number[], cgroups: readonly string[]): void {
  for (const pid of pids) killIfAlive(pid);
  const input = namespacesOf(planLab(slot)).map((name) => `netns del ${name}\n`);
  runToolNow(['ip', '-force', '-batch', '-'], input.join(''));
  const roots = new Set(cgroups.map((path) => dirname(path)));
  for (const path of [...cgroups, ...roots]) removeNow(path);
}

function removeNow(path: string): void {
  for (let attempt = 1; attempt <= 20; attempt++) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      log(() => `${path} cannot be removed yet: ${messageOf(error)}`);
      // Killed processes leave their cgroup a moment later, and an exit handler cannot wait otherwise.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function findUsedSlots(): Promise<readonly number[]> {
  const cgroups = await findCgroupRoot('');
  const names = await Promise.all([NETNS_DIR, ...(cgroups === undefined ? [] : [cgroups])].map(listNames));
  const slots = new Set(names.flat().flatMap((name) => slotOf(name) ?? []));
  return [...slots].filter((slot) => slot < MAX_LABS);
}

async function listNames(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

/** Ends what still runs in the namespaces: processes without a cgroup, and commands somebody started there. */
async function endProcesses(namespaces: readonly string[]): Promise<void> {
  const { stdout } = await runTool(
    ['ip', '-force', '-batch', '-'],
    namespaces.map((name) => `netns pids ${name}\n`).join(''),
  );
  for (const pid of stdout.split('\n').filter(Boolean).map(Number)) {
    if (pid > 1 && pid !== process.pid) killIfAlive(pid);
  }
}
