/** Builds native/ into build/netwatch.node against the headers inside the pinned Node's npm package: no download. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const pinned = join(root, `node_modules/node-linux-${process.arch}`);
const nodedir = existsSync(join(pinned, 'include/node/node_api.h')) ? pinned : join(process.execPath, '../..');
const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
const argv = [gyp, 'rebuild', '--silent', '--directory', join(root, 'native'), `--nodedir=${nodedir}`];
const result = spawnSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 2 ** 28 });
if (result.status !== 0) {
  process.stderr.write(`${result.stdout}${result.stderr}`);
  process.exit(1);
}
mkdirSync(join(root, 'build'), { recursive: true });
// Renamed, not written over: a process that runs has the old file mapped.
const built = join(root, 'build/netwatch.node');
copyFileSync(join(root, 'native/build/Release/netwatch.node'), `${built}.${process.pid}.tmp`);
renameSync(`${built}.${process.pid}.tmp`, built);
