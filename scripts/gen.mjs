/**
 * Runs every generator `scripts/gen-*.ts`. With `--check` nothing may change: says which generated file is stale, and
 * leaves it as it was.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const generated = () => globSync('{src/**/gen/*.ts,src/**/*.gen.ts,docs/keys.md}', { cwd: root }).sort();
const snapshot = () => new Map(generated().map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const before = snapshot();
for (const script of globSync('scripts/gen-*.ts', { cwd: root }).sort()) {
  const result = spawnSync(process.execPath, ['--import', 'tsx', script], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) {
    process.stderr.write(`${script} failed\n${result.stderr}`);
    process.exit(1);
  }
}
if (process.argv.includes('--check')) {
  const after = snapshot();
  const stale = [...after].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  for (const [file, text] of before) if (after.get(file) !== text) writeFileSync(join(root, file), text);
  for (const file of stale) process.stderr.write(`${file} is not what its generator writes; run \`npm run gen\`\n`);
  process.exit(stale.length === 0 ? 0 : 1);
}
