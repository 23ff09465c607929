import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NativeAddon, NativeError } from '../../native/index.d.ts';
import { messageOf, NetwatchError } from '../base/error.ts';

/** build/ beside the bundle, or two folders up from the sources. */
const BUILD_FOLDERS = ['../build', '../../build'].map((folder) => join(import.meta.dirname, folder));

/** Path of a built file; the last candidate when there is none, for the message. */
export function findBuilt(name: string, folders: readonly string[] = BUILD_FOLDERS): string {
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path)) ?? paths.at(-1) ?? name;
}

/** Loads the addon: the only place that does. Throws `unsupported` when it, or the libbpf it needs, is not there. */
export function loadAddon(path: string = findBuilt('netwatch.node')): NativeAddon {
  if (!existsSync(path))
    throw new NetwatchError('unsupported', `the capture addon is not built: no ${path}`, {
      hint: 'Build it with `node scripts/setup.mjs`.',
    });
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (thrown) {
    const text = messageOf(thrown).split('\n', 1)[0] ?? '';
    if (text.includes('libbpf'))
      throw new NetwatchError('unsupported', `libbpf 1.0 or newer is not installed: ${text}`, {
        hint: 'Install it: apt install libbpf1, or dnf install libbpf.',
        cause: thrown,
      });
    throw new NetwatchError('unsupported', `the capture addon does not load: ${text}`, {
      hint: 'Rebuild it with `node scripts/setup.mjs`.',
      cause: thrown,
    });
  }
}

/** True for what the addon throws. */
export function isNativeError(thrown: unknown): thrown is NativeError {
  return thrown instanceof Error && 'log' in thrown && 'code' in thrown;
}

const LONGEST_REASON = 200;
/** What the verifier says of a helper or an argument that this kernel does not have; a consequence follows it. */
const MISSING = /^unknown func |^func '.*' doesn't have /;

/** Why a call failed, in one line: the verifier's last word where it gave one, else the errno. */
export function reasonOf({ message, code, log }: NativeError): string {
  const lines = log.split('\n').map((line) => line.trim());
  const summary = lines.findLastIndex((line) => /^processed \d+ insns/.test(line));
  const verdict = lines.slice(0, Math.max(summary, 0));
  const lastWord = verdict.findLast((line) => MISSING.test(line)) ?? verdict.at(-1);
  const mayBeHeld = code === 'EPERM' && message.startsWith('bpf_program__attach_cgroup');
  const detail = mayBeHeld ? 'a program attached there may not tolerate others' : lastWord;
  return (detail ? `${message} (${detail})` : message).slice(0, LONGEST_REASON);
}

/** What a failed call means for the user: `permission` when the kernel refused, else `unsupported`. */
export function describeNativeError(thrown: unknown): unknown {
  if (!isNativeError(thrown)) return thrown;
  const reason = reasonOf(thrown);
  if (thrown.code === 'EPERM' || thrown.code === 'EACCES')
    return new NetwatchError('permission', `the kernel refused to run the capture programs: ${reason}`, {
      hint: 'Run as root outside of a restricted container, and check that the kernel is not locked down.',
      cause: thrown,
    });
  return new NetwatchError('unsupported', `the capture programs do not run here: ${reason}`, {
    hint: 'NETWATCH_DEBUG=capture shows all that libbpf said.',
    cause: thrown,
  });
}
