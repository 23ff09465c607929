/** Bundles the command line and the demo's pod program into dist/. Parts imported lazily become chunks of their own. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { netwatch: 'src/cli/main.ts', 'lab-pod': 'src/lab/pod.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', NETWATCH_VERSION: JSON.stringify(version) },
  alias: {
    // Ink imports its development tools behind a condition that never holds here.
    'react-devtools-core': join(root, 'scripts/setup/empty.cjs'),
    re2js: join(root, 'scripts/setup/lazy-re2js.mjs'),
  },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
  // src/tui/production.ts sets what the bundle has defined already.
  logOverride: { 'assign-to-define': 'silent' },
});
