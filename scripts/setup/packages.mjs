import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

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
/** Ubuntu has no package of this name; there bpftool comes with the kernel's tools. */
const bpftoolPackage = () => {
  const known = spawnSync('apt-cache', ['show', 'bpftool'], { encoding: 'utf8' });
  return known.status === 0 && known.stdout.includes('Filename:') ? 'bpftool' : 'linux-tools-generic';
};

const NEEDED = [
  { what: 'a C++ compiler', package: 'g++', present: () => executable('g++') },
  { what: 'make', package: 'make', present: () => executable('make') },
  { what: 'python3 (node-gyp)', package: 'python3', present: () => executable('python3') },
  { what: 'clang', package: 'clang', present: () => executable('clang') },
  { what: 'llvm-strip', package: 'llvm', present: () => executable('llvm-strip') },
  { what: 'libbpf headers', package: 'libbpf-dev', present: () => existsSync('/usr/include/bpf/libbpf.h') },
  { what: 'bpftool', package: bpftoolPackage, present: () => executable('bpftool') },
  { what: 'ip', package: 'iproute2', present: () => executable('ip') },
  { what: 'nft', package: 'nftables', present: () => executable('nft') },
];
const FOR_TESTS = [
  { what: 'tmux', package: 'tmux', present: () => executable('tmux') },
  { what: 'curl', package: 'curl', present: () => executable('curl') },
];

/** What this machine lacks: `what` for people, `package` for apt. */
export function missingPackages({ tests }) {
  return [...NEEDED, ...(tests ? FOR_TESTS : [])]
    .filter((need) => !need.present())
    .map((need) => ({ what: need.what, package: typeof need.package === 'function' ? need.package() : need.package }));
}
