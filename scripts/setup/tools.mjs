import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SYSTEM_FOLDERS = ['usr/sbin', 'sbin'];
/** Ubuntu keeps one bpftool for each kernel here; its /usr/sbin/bpftool refuses when none is for the running one. */
const LINUX_TOOLS = { folder: 'usr/lib/linux-tools', each: /./ };
const MORE_LINUX_TOOLS = { folder: 'usr/lib', each: /^linux-tools-/ };
/** Debian's and Ubuntu's names may carry the version; older than this clang knows no enum relocations. */
const OLDEST_CLANG = 12;
const NEWEST_CLANG = 24;

function outputOf(command, argument) {
  const { status, stdout } = spawnSync(command, [argument], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

const versioned = (name) => {
  const names = [name];
  for (let version = NEWEST_CLANG; version >= OLDEST_CLANG; version--) names.push(`${name}-${version}`);
  return names;
};

/** Every place where a program of one of these names may be, in the order of the names. */
function candidates(names, root = '/') {
  const system = SYSTEM_FOLDERS.map((folder) => join(root, folder));
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...system];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function linuxTools(root) {
  return [LINUX_TOOLS, MORE_LINUX_TOOLS].flatMap(({ folder, each }) => {
    const path = join(root, folder);
    if (!existsSync(path)) return [];
    const names = readdirSync(path).filter((name) => each.test(name));
    return names.map((name) => join(path, name, 'bpftool'));
  });
}

/** Path of a clang that is new enough; undefined without one. */
export function findClang() {
  return candidates(versioned('clang')).find((path) => {
    const major = /clang version (\d+)/.exec(outputOf(path, '--version') ?? '')?.[1];
    return Number(major ?? 0) >= OLDEST_CLANG;
  });
}

/** Path of an llvm-strip that runs. */
export function findStrip() {
  return candidates(versioned('llvm-strip')).find((path) => outputOf(path, '--version') !== undefined);
}

/** Path of a bpftool that runs, not of a wrapper that only asks for another package. */
export function findBpftool(root = '/') {
  const paths = [...candidates(['bpftool'], root), ...linuxTools(root)];
  return paths.find((path) => outputOf(path, 'version') !== undefined);
}
