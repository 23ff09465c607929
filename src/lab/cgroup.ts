import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../base/error.ts';
import { debug } from '../base/log.ts';

const log = debug('lab');
const PIDS_FILE = 'cgroup.procs';

/** The first cgroup v2 mount point in the text of /proc/mounts, or undefined. */
export function findCgroup2Mount(mounts: string): string | undefined {
  for (const line of mounts.split('\n')) {
    const [, path, type] = line.split(' ');
    // Spaces in a path are written as octal escapes (fs/proc_namespace.c).
    if (type === 'cgroup2')
      return path?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  }
  return undefined;
}

/** Makes one cgroup per name below a new `parent`: name → directory. None, and a debug line, where none can be made. */
export async function createCgroups(parent: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  try {
    const root = await findCgroupRoot(parent);
    if (root === undefined) throw new Error('no cgroup v2 is mounted');
    await mkdir(root, { recursive: true });
    const paths = names.map((name) => [name, join(root, name)] as const);
    await Promise.all(paths.map(([, path]) => mkdir(path, { recursive: true })));
    return new Map(paths);
  } catch (error) {
    log(() => `pods get no cgroups of their own: ${messageOf(error)}`);
    return new Map();
  }
}

/** Where the cgroups of `parent` are or would be; undefined without cgroup v2. */
export async function findCgroupRoot(parent: string): Promise<string | undefined> {
  const mount = findCgroup2Mount(await readFile('/proc/mounts', 'utf8'));
  return mount === undefined ? undefined : join(mount, parent);
}

/** Moves a process into a cgroup, if it still runs. Sockets it opens from then on carry the cgroup's id. */
export async function joinCgroup(path: string, pid: number): Promise<void> {
  await writeFile(join(path, PIDS_FILE), String(pid)).catch((error: NodeJS.ErrnoException) => {
    // One that has ended says why on its own.
    if (error.code !== 'ESRCH') throw error;
  });
}

/** Ends every process in the cgroups below `root` and removes them all. Returns what is left, with the reason. */
export async function removeCgroups(root: string): Promise<readonly string[]> {
  const children = await readdir(root, { withFileTypes: true }).catch(() => []);
  const paths = children.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  const left = await Promise.all(paths.map((path) => removeCgroup(path)));
  return [...left, (await exists(root)) ? await removeCgroup(root) : undefined].filter((each) => each !== undefined);
}

async function removeCgroup(path: string): Promise<string | undefined> {
  // A cgroup is busy until the last of its processes is reaped, which takes moments after SIGKILL.
  for (let attempt = 1; ; attempt++) {
    try {
      await killAll(path);
      await rmdir(path);
      return undefined;
    } catch (error) {
      if (!(await exists(path))) return undefined;
      if (attempt === 50) return `cgroup ${dirname(path)}: ${messageOf(error)}`;
      await sleep(10);
    }
  }
}

async function killAll(path: string): Promise<void> {
  const pids = (await readFile(join(path, PIDS_FILE), 'utf8')).split('\n').filter(Boolean).map(Number);
  for (const pid of pids) {
    // 0 stands for a process of another pid namespace; signalling it would hit our own process group.
    if (pid > 1 && pid !== process.pid) killIfAlive(pid);
  }
}

/** Sends SIGKILL; a process that is gone already is fine. */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
