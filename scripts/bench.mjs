/**
 * Runs the benchmarks one after another and writes their figures to bench/results.json and docs/benchmarks.md.
 *
 * A benchmark is bench/*.bench.ts(x): it prints one JSON object a line, `{name, value, unit, target?, note?}`. Arguments
 * choose benchmarks by a part of their name; figures of the others stay as they were.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const resultsFile = join(root, 'bench/results.json');
const chosen = process.argv.slice(2);
const env = { ...process.env, NODE_ENV: 'production' };
delete env.NODE_EXTRA_CA_CERTS;

const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {};
for (const file of globSync('bench/**/*.bench.{ts,tsx}', { cwd: root }).sort()) {
  const name = basename(file).replace(/\.bench\.tsx?$/, '');
  if (chosen.length > 0 && !chosen.some((part) => name.includes(part))) continue;
  process.stderr.write(`bench ${name} …\n`);
  const argv = ['--expose-gc', '--import', 'tsx', file];
  const run = spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8', timeout: 600_000 });
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout}${run.stderr}bench ${name} failed\n`);
    process.exitCode = 1;
    continue;
  }
  results[name] = run.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  for (const figure of results[name]) process.stderr.write(`  ${figure.name}: ${figure.value} ${figure.unit}\n`);
}
writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);

const cell = (value) => String(value ?? '').replaceAll('|', '\\|');
const tables = Object.entries(results).map(([name, figures]) => {
  const rows = figures.map(
    (f) => `| ${cell(f.name)} | ${cell(f.value)} ${cell(f.unit)} | ${cell(f.target)} | ${cell(f.note)} |`,
  );
  return `## ${name}\n\n| figure | measured | target | how |\n|---|---|---|---|\n${rows.join('\n')}\n`;
});
const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, Node ${process.versions.node}`;
const head = `# Benchmarks

Written by \`npm run bench\` on ${machine}. CPU time and medians of several runs; figures of one table were taken in
one run, so compare inside a table. A target is a goal, not a promise; a figure that misses it stays here until it
does not.
`;
writeFileSync(join(root, 'docs/benchmarks.md'), `${head}\n${tables.join('\n')}`);
