/**
 * Makes a fresh clone ready: system packages, npm packages, BPF object, addon, bundle. Each step is skipped while its
 * inputs are unchanged, so a second call takes a fraction of a second. Runs on Node 20 without any dependency.
 *
 * `--tests` also wants what only tests use. `--only NAME` runs one step.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fingerprint } from './setup/fingerprint.mjs';
import { missingPackages } from './setup/packages.mjs';

const root = join(import.meta.dirname, '..');
const stampFile = join(root, 'build/setup.json');
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
const localBin = join(root, 'node_modules/.bin');
const node = join(localBin, 'node');

function fail(message) {
  process.stderr.write(`netwatch setup: ${message}\n`);
  process.exit(1);
}

/** Runs a command; its output is shown only when it fails. */
function run(command, argv, { env = process.env, cwd = root } = {}) {
  const result = spawnSync(command, argv, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  if (result.status === 0) return;
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

function installSystemPackages() {
  const missing = missingPackages({ tests: args.includes('--tests') });
  if (missing.length === 0) return;
  const wanted = missing.map((m) => m.package);
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...wanted];
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const haveApt = spawnSync('apt-get', ['--version']).status === 0;
  const mayInstall = haveApt && (asRoot.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0);
  if (!mayInstall) fail(`missing ${missing.map((m) => m.what).join(', ')}; install: ${wanted.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const [update, ...updateArgs] = [...asRoot, 'apt-get', 'update', '-qq'];
  run(update, updateArgs, { env });
  const [command, ...argv] = [...asRoot, ...install];
  run(command, argv, { env });
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
    work: () => run('make', ['-s', '-C', 'bpf']),
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

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node ${process.versions.node} is too old; install Node 20 or newer`);
mkdirSync(join(root, 'build'), { recursive: true });
const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
for (const step of steps) {
  if (only !== undefined && step.name !== only) continue;
  const stamp = step.always ? undefined : fingerprint(root, step.inputs);
  const done = !step.always && stamps[step.name] === stamp && step.outputs.every((o) => existsSync(join(root, o)));
  if (done) continue;
  const quiet = step.always && missingPackages({ tests: args.includes('--tests') }).length === 0;
  if (quiet) continue;
  process.stderr.write(`netwatch setup: ${step.name} … `);
  const started = Date.now();
  step.work();
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  if (step.always) continue;
  stamps[step.name] = stamp;
  writeFileSync(stampFile, `${JSON.stringify(stamps, null, 2)}\n`);
}
