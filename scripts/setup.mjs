/**
 * Makes a fresh clone ready: system packages, npm packages, BPF object, addon, bundle. Each step is skipped while its
 * inputs are unchanged, so a second call takes a fraction of a second. Runs on Node 20 without any dependency. Two at
 * once take turns.
 *
 * `--tests` also wants what only tests use. `--only NAME` runs one step.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './setup/fingerprint.mjs';
import { lockFolder } from './setup/lock.mjs';
import { missingPackages } from './setup/packages.mjs';
import { findBpftool, findClang, findStrip } from './setup/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'build/setup.json');
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
const localBin = join(root, 'node_modules/.bin');
const node = join(localBin, 'node');

/** Whether a step's name stands on the last line, which goes on when the step is done. */
let isMidLine = false;

function fail(message) {
  process.stderr.write(`${isMidLine ? 'failed\n' : ''}netwatch setup: ${message}\n`);
  process.exit(1);
}

/** Runs a command; its output is shown only when it fails. */
function run(command, argv, { env = process.env, cwd = root } = {}) {
  const result = spawnSync(command, argv, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  if (result.status === 0) return;
  if (isMidLine) process.stderr.write('failed\n');
  isMidLine = false;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  fail(`\`${command} ${argv.join(' ')}\` ended with ${result.status ?? result.signal}`);
}

/** npm must run on the Node it came with, not on the one pinned below node_modules. */
function runNpm(argv) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.endsWith('node_modules/.bin'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: cli, npm_node_execpath: itsNode } = process.env;
  if (cli && itsNode && itsNode !== node) run(itsNode, [cli, ...argv], { env });
  else run('npm', argv, { env });
}

const missingNow = () => missingPackages({ tests: args.includes('--tests') });
const namesOf = (missing) => missing.map((m) => m.what).join(', ');

function installSystemPackages() {
  const missing = missingNow();
  if (missing.length === 0) return;
  const packagesOf = (needs) => needs.map((need) => need.package);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const haveApt = spawnSync('apt-get', ['--version']).status === 0;
  const mayInstall = haveApt && (asRoot.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0);
  if (!mayInstall) fail(`missing ${namesOf(missing)}; install, by Debian's names: ${packagesOf(missing).join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const [update, ...updateArgs] = [...asRoot, 'apt-get', 'update', '-qq'];
  run(update, updateArgs, { env });
  // Asked again: which package has bpftool shows only in fresh lists.
  const wanted = packagesOf(missingNow());
  const [command, ...argv] = [...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', ...wanted];
  run(command, argv, { env });
  const still = missingNow();
  if (still.length > 0) fail(`apt-get installed ${wanted.join(' ')}, and ${namesOf(still)} is still missing`);
}

const KERNEL_BTF = '/sys/kernel/btf/vmlinux';

function buildPrograms() {
  if (!existsSync(join(root, 'build/vmlinux.h')) && !existsSync(KERNEL_BTF))
    fail(`this kernel does not describe its types (no ${KERNEL_BTF}): build on one with CONFIG_DEBUG_INFO_BTF`);
  const tools = [`CLANG=${findClang()}`, `STRIP=${findStrip()}`, `BPFTOOL=${findBpftool()}`];
  run('make', ['-s', '-C', 'bpf', ...tools]);
}

/** Makes sure that what is to be built can be written; root passes the modes, not a read-only file system. */
function checkWritable() {
  for (const folder of ['.', 'build', 'dist', 'native', 'node_modules'].filter((name) => existsSync(join(root, name))))
    try {
      accessSync(join(root, folder), constants.W_OK);
    } catch (thrown) {
      fail(`cannot write to ${join(root, folder)} (${thrown.code}): use a checkout of your own`);
    }
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {}; // Missing or cut short: everything is made again.
  }
}

function writeStamps(stamps) {
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(`${stampFile}.tmp`, `${JSON.stringify(stamps, null, 2)}\n`);
  renameSync(`${stampFile}.tmp`, stampFile);
}

const pinned = { ...process.env, PATH: `${localBin}${delimiter}${process.env.PATH}` };
delete pinned.NODE_EXTRA_CA_CERTS;

/** In order. `inputs` are files and folders; `outputs` must exist, else the step runs whatever the stamp says. */
const steps = [
  { name: 'system packages', always: true, work: installSystemPackages },
  {
    name: 'npm packages',
    inputs: ['package-lock.json', 'package.json'],
    outputs: ['node_modules/.package-lock.json', 'node_modules/.bin/node'],
    // Not `npm ci`: it refuses a lock file without entries for platforms whose optional packages the registry lacks.
    work: () => runNpm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']),
  },
  {
    name: 'BPF programs',
    inputs: ['bpf'],
    outputs: ['build/flow.bpf.o'],
    work: buildPrograms,
  },
  {
    name: 'native addon',
    inputs: ['native', 'package-lock.json'],
    outputs: ['build/netwatch.node'],
    work: () => run(node, ['scripts/build-addon.mjs'], { env: pinned }),
  },
  {
    name: 'bundle',
    inputs: ['src', 'scripts/build.mjs', 'package.json', 'package-lock.json'],
    outputs: ['dist/netwatch.js', 'dist/lab-pod.js'],
    work: () => run(node, ['scripts/build.mjs'], { env: pinned }),
  },
];

/** Whether the step has nothing to do; `stamp` is of its inputs. */
function isDone(step, stamp) {
  if (step.always) return missingNow().length === 0;
  return readStamps()[step.name] === stamp && step.outputs.every((output) => existsSync(join(root, output)));
}

function runStep(step) {
  const stamp = step.always ? undefined : fingerprint(root, step.inputs);
  // Asked again: another set-up may have done it while this one waited.
  if (isDone(step, stamp)) return;
  process.stderr.write(`netwatch setup: ${step.name} … `);
  isMidLine = true;
  const started = Date.now();
  step.work();
  const absent = (step.outputs ?? []).find((output) => !existsSync(join(root, output)));
  if (absent !== undefined)
    fail(`${step.name} ended well, but there is no ${absent} (${process.platform} ${process.arch})`);
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  isMidLine = false;
  if (!step.always) writeStamps({ ...readStamps(), [step.name]: stamp });
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node ${process.versions.node} is too old; install Node 20 or newer`);
if (only !== undefined && !steps.some((step) => step.name === only))
  fail(`no step ${only}; there are ${steps.map((step) => step.name).join(', ')}`);
const chosen = steps.filter((step) => only === undefined || step.name === only);
const isIdle = chosen.every((step) => isDone(step, step.always ? undefined : fingerprint(root, step.inputs)));
if (!isIdle) {
  checkWritable();
  await lockFolder(root, () => process.stderr.write('netwatch setup: waiting for another one here …\n'));
  for (const step of chosen) runStep(step);
}
