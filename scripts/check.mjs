/**
 * Everything that can be said of the code without running it: types, format and lint, layers, dead code, file sizes,
 * generated files up to date. All checks run side by side and all complain, not only the first.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const MAX_LINES = 400;
const MEDIAN_LINES = 100;

const start = (command, ...argv) =>
  new Promise((resolve) => {
    const options = { cwd: root, maxBuffer: 2 ** 26, env: { ...process.env, NODE_OPTIONS: '' } };
    execFile(command, argv, options, (error, stdout, stderr) =>
      resolve({ ok: error === null, isMissing: error?.code === 'ENOENT', text: `${stdout}${stderr}`.trim() }),
    );
  });
const run = (command, ...argv) => start(join(root, 'node_modules/.bin', command), ...argv);

/** A cruiser that finds no modules finds no violations either, so it must say how many it saw. */
async function layers() {
  const result = await run('depcruise', 'src', '--config', '.dependency-cruiser.cjs');
  const modules = Number(/(\d+) modules/.exec(result.text)?.[1] ?? 0);
  return modules > 10 ? result : { ok: false, text: `${result.text}\nonly ${modules} modules cruised` };
}

/** Skipped, and said so, where clang-format is not installed; `npm test` installs it. */
async function cFormat() {
  const files = globSync('{bpf,native}/*.{c,h,cc}', { cwd: root });
  const result = await start('clang-format', '--dry-run', '-Werror', ...files);
  return result.isMissing ? { ok: true, note: 'skipped: clang-format is not installed', text: '' } : result;
}

async function sizes() {
  const files = globSync('{src,bpf,native,scripts,bench}/**/*.{ts,tsx,mjs,c,h,cc}', { cwd: root }).filter(
    (file) => !/\/gen\/|\.gen\.|vmlinux|native\/build/.test(file),
  );
  const lines = files.map((file) => ({ file, count: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }));
  const long = lines.filter((l) => l.count > MAX_LINES).map((l) => `${l.file}: ${l.count} lines, at most ${MAX_LINES}`);
  const median = lines.map((l) => l.count).sort((a, b) => a - b)[lines.length >> 1] ?? 0;
  if (median > MEDIAN_LINES) long.push(`median file has ${median} lines, at most ${MEDIAN_LINES}`);
  return { ok: long.length === 0, text: long.join('\n') };
}

const checks = {
  types: () => run('tsc', '-p', '.'),
  'format and lint': () => run('biome', 'check', '--error-on-warnings', '.'),
  layers,
  'dead code': () => run('knip'),
  'C and C++ format': cFormat,
  'file sizes': sizes,
  'generated files': () => run('node', 'scripts/gen.mjs', '--check'),
};
const started = Date.now();
const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => ({ name, ...(await check()) })));
for (const { name, ok, text, note } of results) {
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}${note === undefined ? '' : ` (${note})`}\n`);
  if (!ok) process.stdout.write(`${text}\n\n`);
}
process.stdout.write(`checked in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
process.exit(results.every((r) => r.ok) ? 0 : 1);
