import { existsSync, readFileSync, statSync } from 'node:fs';
import { NetwatchError } from '../base/error.ts';

/** What the checks read; a test passes its own. */
export interface HostFiles {
  exists(path: string): boolean;
  read(path: string): string;
  inode(path: string): number;
}

const hostFiles: HostFiles = {
  exists: existsSync,
  read: (path) => readFileSync(path, 'latin1'),
  inode: (path) => statSync(path).ino,
};

const KERNEL_BTF = '/sys/kernel/btf/vmlinux';
/** include/uapi/linux/capability.h. CAP_SYS_ADMIN includes the first two. */
const CAPABILITIES = { CAP_PERFMON: 38n, CAP_BPF: 39n, CAP_NET_ADMIN: 12n } as const;
const CAP_SYS_ADMIN = 21n;
const ROOT_INODE = 1;

/** Names of the capabilities this process lacks, from the text of /proc/self/status. */
export function missingCapabilities(status: string): readonly string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: bigint): boolean => (effective & (1n << bit)) !== 0n;
  return Object.entries(CAPABILITIES)
    .filter(([name, bit]) => !has(bit) && !(name !== 'CAP_NET_ADMIN' && has(CAP_SYS_ADMIN)))
    .map(([name]) => name);
}

/** Where cgroup v2 is mounted, from the text of /proc/self/mountinfo; see proc_pid_mountinfo(5). */
export function findCgroupMounts(mountinfo: string): readonly string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [mount = '', filesystem = ''] = line.split(' - ');
    const path = mount.split(' ')[4];
    if (!filesystem.startsWith('cgroup2 ') || path === undefined) return [];
    return [path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))];
  });
}

/** The root of the whole hierarchy (inode 1: kernfs_create_root()), or whichever part a container was given. */
export function findCgroupRoot(files: HostFiles = hostFiles): string | undefined {
  const mounts = findCgroupMounts(files.read('/proc/self/mountinfo')).filter((path) => files.exists(path));
  return mounts.find((path) => files.inode(path) === ROOT_INODE) ?? mounts[0];
}

/** Why programs attached at `path` see less than all sockets of the machine; undefined when they see all. */
export function partialView(path: string, files: HostFiles = hostFiles): string | undefined {
  if (files.inode(path) === ROOT_INODE) return undefined;
  return `sees only sockets below ${path}, which is not the root of cgroup v2; in a container mount the host's /sys/fs/cgroup`;
}

/**
 * Makes sure that this machine and process can capture, as far as that shows without trying. Returns the cgroup to
 * attach to. Throws `unsupported` or `permission`, one line each.
 */
export function checkRequirements(cgroupPath: string | undefined, files: HostFiles = hostFiles): string {
  if (!files.exists('/proc/self/status'))
    throw new NetwatchError('unsupported', 'capturing flows needs Linux', {
      hint: 'Connect to a relay with --server, or read a file with --input-file.',
    });
  if (!files.exists(KERNEL_BTF))
    throw new NetwatchError('unsupported', `this kernel does not describe its types: no ${KERNEL_BTF}`, {
      hint: 'Use a kernel built with CONFIG_DEBUG_INFO_BTF, as those of all current distributions are.',
    });
  const missing = missingCapabilities(files.read('/proc/self/status'));
  if (missing.length > 0)
    throw new NetwatchError('permission', `capturing flows needs ${missing.join(', ')}`, {
      hint: 'Run it as root, or give the process these capabilities.',
    });
  const root = cgroupPath ?? findCgroupRoot(files);
  if (root === undefined)
    throw new NetwatchError('unsupported', 'no cgroup v2 is mounted', {
      hint: 'Mount one: `mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified`.',
    });
  if (!files.exists(`${root}/cgroup.procs`))
    throw new NetwatchError('unsupported', `${root} is not a cgroup v2 directory`, { hint: 'Give the path of one.' });
  return root;
}
