import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetwatchError } from '../base/error.ts';
import { MAX_LABS } from './plan.ts';

/** Where claims are kept: one file per running lab, named by its slot. */
export const CLAIMS_DIR = '/run/netwatch/lab';

/** Who runs a lab. The start time tells a process from a later one with the same pid. */
export interface Owner {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  readonly startTicks: number;
}

/** Takes the lowest free slot for this process, atomically: no two labs share one. */
export async function claimSlot(dir = CLAIMS_DIR): Promise<number> {
  const startTicks = await readStartTicks(process.pid);
  if (startTicks === undefined) throw new NetwatchError('lab', '/proc is not mounted');
  const owner: Owner = { pid: process.pid, startTicks };
  await mkdir(dir, { recursive: true });
  // A link appears with its content complete; a file opened for writing would be seen empty.
  const draft = join(dir, `.draft-${process.pid}-${performance.now()}`);
  await writeFile(draft, JSON.stringify(owner));
  try {
    for (let slot = 0; slot < MAX_LABS; slot++) {
      if (await tryLink(draft, join(dir, `${slot}.json`))) return slot;
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new NetwatchError('lab', `${MAX_LABS} labs are running already`, { hint: `see ${dir}` });
}

/** Gives a slot back. */
export async function releaseSlot(slot: number, dir = CLAIMS_DIR): Promise<void> {
  await rm(join(dir, `${slot}.json`), { force: true });
}

/** Slots whose owner is dead: their labs crashed and left things behind. */
export async function findDeadSlots(dir = CLAIMS_DIR): Promise<readonly number[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const slots = names.flatMap((name) => (/^\d{1,3}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
  const dead = await Promise.all(slots.map(async (slot) => !(await isOwned(join(dir, `${slot}.json`)))));
  return slots.filter((slot, index) => slot < MAX_LABS && dead[index]);
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isOwned(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  // Released between listing and reading: nothing of ours to clean.
  if (text === undefined) return true;
  const owner = parseOwner(text);
  return owner !== undefined && (await readStartTicks(owner.pid)) === owner.startTicks;
}

/** The owner a claim names, or undefined when the text is not a claim. */
export function parseOwner(text: string): Owner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, startTicks } = value as Record<string, unknown>;
  if (typeof pid !== 'number' || typeof startTicks !== 'number' || !Number.isSafeInteger(pid) || pid < 1)
    return undefined;
  return { pid, startTicks };
}

/** When a process started, in clock ticks after boot; undefined when there is no such process or it is a zombie. */
export async function readStartTicks(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is a name in parentheses that may hold anything, spaces and parentheses included.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return Number(fields[19]);
}
