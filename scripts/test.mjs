/**
 * Runs the tests: those without privileges side by side, then the ones that load BPF programs and make namespaces, one
 * file at a time. Arguments choose files by a part of their path.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const chosen = process.argv.slice(2);
const matching = (pattern) =>
  globSync(pattern, { cwd: root })
    .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
    .sort();
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;
delete env.FORCE_COLOR;

const groups = [
  { files: matching('test/{unit,golden,wire,fuzz}/**/*.test.{ts,tsx}'), concurrency: 2 },
  { files: matching('test/{native,integration}/**/*.itest.{ts,tsx}'), concurrency: 1 },
].filter((group) => group.files.length > 0);
if (groups.length === 0) {
  process.stderr.write('no test file matches\n');
  process.exit(1);
}
let failed = false;
for (const { files, concurrency } of groups) {
  const argv = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, '--test-timeout=180000', ...files];
  const result = spawnSync(process.execPath, argv, { cwd: root, env, stdio: 'inherit' });
  failed ||= result.status !== 0;
}
process.exit(failed ? 1 : 0);
