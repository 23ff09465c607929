import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBpftool, findClang, findStrip } from './tools.mjs';

const SEARCH = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
const executable = (name) => {
  const isExecutable = (file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return SEARCH.some((folder) => folder !== '' && isExecutable(join(folder, name)));
};
/** On Ubuntu bpftool is a virtual package; there it comes with the kernel's tools. */
const bpftoolPackage = () => {
  const known = spawnSync('apt-cache', ['show', '--no-all-versions', 'bpftool'], { encoding: 'utf8' });
  const isUbuntu = known.status === null || known.stdout.includes('Filename:') ? false : isKnown('linux-tools-generic');
  return isUbuntu ? 'linux-tools-generic' : 'bpftool';
};
const isKnown = (name) => spawnSync('apt-cache', ['show', name], { encoding: 'utf8' }).stdout?.includes('Filename:');

const NEEDED = [
  { what: 'a C++ compiler', package: 'g++', present: () => executable('g++') },
  { what: 'make', package: 'make', present: () => executable('make') },
  { what: 'python3 (node-gyp)', package: 'python3', present: () => executable('python3') },
  { what: 'clang 12 or newer', package: 'clang', present: () => findClang() !== undefined },
  { what: 'llvm-strip', package: 'llvm', present: () => findStrip() !== undefined },
  { what: 'libbpf headers', package: 'libbpf-dev', present: () => existsSync('/usr/include/bpf/libbpf.h') },
  { what: 'bpftool', package: bpftoolPackage, present: () => findBpftool() !== undefined },
  { what: 'ip', package: 'iproute2', present: () => executable('ip') },
  { what: 'nft', package: 'nftables', present: () => executable('nft') },
];
const FOR_TESTS = [
  { what: 'tmux', package: 'tmux', present: () => executable('tmux') },
  { what: 'curl', package: 'curl', present: () => executable('curl') },
  { what: 'clang-format', package: 'clang-format', present: () => executable('clang-format') },
];

/** What this machine lacks: `what` for people, `package` for apt. */
export function missingPackages({ tests }) {
  return [...NEEDED, ...(tests ? FOR_TESTS : [])]
    .filter((need) => !need.present())
    .map((need) => ({ what: need.what, package: typeof need.package === 'function' ? need.package() : need.package }));
}
