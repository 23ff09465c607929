import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const scripts = join(import.meta.dirname, '../../../scripts');
const NOBODY = 65534;
/** `make` of these tests: writes what it was told beside the object it pretends to build. */
const MAKE = 'echo "$@" >> build/make.log; : > build/flow.bpf.o';

const temporary = mkdtempSync(join(tmpdir(), 'netwatch-setup-'));
after(() => rmSync(temporary, { recursive: true, force: true }));

function writeProgram(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** A checkout with the set-up's own files and nothing else, and a PATH with these programs only. */
class Checkout {
  readonly root: string;
  readonly bin: string;

  constructor(programs: Readonly<Record<string, string>> = {}) {
    this.root = mkdtempSync(join(temporary, 'checkout-'));
    this.bin = join(this.root, 'bin');
    mkdirSync(this.bin);
    for (const folder of ['scripts/setup', 'bpf', 'build']) mkdirSync(join(this.root, folder), { recursive: true });
    cpSync(join(scripts, 'setup.mjs'), join(this.root, 'scripts/setup.mjs'));
    cpSync(join(scripts, 'setup'), join(this.root, 'scripts/setup'), { recursive: true });
    for (const [name, body] of Object.entries(programs)) writeProgram(join(this.bin, name), body);
  }

  run(step: string, uid?: number): { readonly status: number | null; readonly lines: readonly string[] } {
    const argv = [join(this.root, 'scripts/setup.mjs'), '--only', step];
    const env = { PATH: this.bin };
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: this.root, env, uid, encoding: 'utf8' });
    // No text at all when the program could not be started.
    return { status, lines: (stderr ?? '').split('\n').filter(Boolean) };
  }

  /** What an expression over a module of scripts/setup gives, with this PATH. */
  evaluate(module: string, expression: string): string {
    const code = `import * as m from ${JSON.stringify(join(scripts, 'setup', module))}; process.stdout.write(String(${expression}));`;
    const argv = ['--input-type=module', '-e', code];
    return spawnSync(process.execPath, argv, { env: { PATH: this.bin }, encoding: 'utf8' }).stdout;
  }
}

test('without apt it says what is missing in one line', () => {
  const { status, lines } = new Checkout().run('system packages');
  assert.equal(status, 1);
  const [step, said = '', ...more] = lines;
  assert.equal(step, 'netwatch setup: system packages … failed');
  assert.match(
    said,
    /^netwatch setup: missing a C\+\+ compiler, make, .*clang 12 or newer.*; install, by Debian's names: g\+\+ make /,
  );
  assert.deepEqual(more, []);
});

test('packages that bring nothing are not believed', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
  const { status, lines } = new Checkout({ 'apt-get': 'exit 0', 'apt-cache': 'exit 0' }).run('system packages');
  assert.equal(status, 1);
  assert.match(lines.at(-1) ?? '', /^.*apt-get installed g\+\+ .* is still missing$/);
});

test('a clang that is only there with its version is found, an old one is not', () => {
  const clang = (version: number) => `echo "Ubuntu clang version ${version}.0.6-1"`;
  const both = new Checkout({ clang: clang(10), 'clang-14': clang(14) });
  assert.equal(both.evaluate('tools.mjs', 'm.findClang()'), join(both.bin, 'clang-14'));
  assert.equal(new Checkout({ clang: clang(10) }).evaluate('tools.mjs', 'm.findClang()'), 'undefined');
});

test('a bpftool that refuses this kernel is passed over for one that runs', () => {
  const checkout = new Checkout();
  const root = join(checkout.root, 'machine');
  const find = () => checkout.evaluate('tools.mjs', `m.findBpftool(${JSON.stringify(root)})`);
  writeProgram(join(root, 'usr/sbin/bpftool'), 'echo "WARNING: bpftool not found for kernel 6.8.0-31" >&2; exit 2');
  assert.equal(find(), 'undefined');
  const works = join(root, 'usr/lib/linux-tools-6.5.0-28/bpftool');
  writeProgram(works, 'echo bpftool v7.3.0');
  assert.equal(find(), works);
});

test('a cut stamp file costs one more build, and then nothing is left to do', () => {
  const checkout = new Checkout({ make: MAKE, clang: 'echo clang version 14', 'llvm-strip': ':' });
  writeFileSync(join(checkout.root, 'build/setup.json'), '{"BPF pro');
  writeFileSync(join(checkout.root, 'build/vmlinux.h'), '');
  const calls = () => readFileSync(join(checkout.root, 'build/make.log'), 'utf8').trim().split('\n');
  const first = checkout.run('BPF programs');
  assert.equal(first.status, 0, first.lines.join('\n'));
  assert.deepEqual(checkout.run('BPF programs'), { status: 0, lines: [] });
  assert.equal(calls().length, 1);
  assert.match(calls()[0] ?? '', new RegExp(`CLANG=${checkout.bin}/clang STRIP=${checkout.bin}/llvm-strip`));
  writeFileSync(join(checkout.root, 'bpf/new.h'), '');
  checkout.run('BPF programs');
  assert.equal(calls().length, 2);
});

test('a step that ends well without its result is an error', () => {
  const checkout = new Checkout({ make: 'exit 0' });
  writeFileSync(join(checkout.root, 'build/vmlinux.h'), '');
  const { status, lines } = checkout.run('BPF programs');
  assert.equal(status, 1);
  assert.match(lines.at(-1) ?? '', /there is no build\/flow\.bpf\.o/);
});

test('a checkout of somebody else is one line', { skip: process.getuid?.() === 0 ? false : 'needs root' }, (t) => {
  const checkout = new Checkout({ make: MAKE });
  for (const folder of [temporary, checkout.root]) chmodSync(folder, 0o755);
  const { status, lines } = checkout.run('BPF programs', NOBODY);
  if (status === null) return t.skip('this Node lies where only root may look');
  assert.equal(status, 1);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] ?? '', /cannot write to .* \(EACCES\): use a checkout of your own$/);
});

test('an unknown step is an error', () => {
  assert.match(new Checkout().run('everything').lines[0] ?? '', /no step everything; there are system packages, /);
});

test('two at once take turns, and one that was killed holds nobody up', async () => {
  const checkout = new Checkout();
  const lock = `import { lockFolder } from ${JSON.stringify(join(scripts, 'setup/lock.mjs'))};
    await lockFolder(${JSON.stringify(checkout.root)}, () => console.log('WAITING'));
    console.log('LOCKED'); setInterval(() => {}, 1000);`;
  const start = () => spawn(process.execPath, ['--input-type=module', '-e', lock], { stdio: ['ignore', 'pipe', 2] });
  const [first, second] = [start(), start()];
  try {
    const said = async ({ stdout }: ChildProcess) =>
      stdout === null ? '' : String((await once(stdout, 'data'))[0]).trim();
    const answers = await Promise.all([said(first), said(second)]);
    assert.deepEqual([...answers].sort(), ['LOCKED', 'WAITING']);
    const [holder, waiter] = answers[0] === 'LOCKED' ? [first, second] : [second, first];
    holder.kill('SIGKILL');
    assert.equal(await said(waiter), 'LOCKED');
  } finally {
    first.kill('SIGKILL');
    second.kill('SIGKILL');
  }
});
