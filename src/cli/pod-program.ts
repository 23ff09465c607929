import { fileURLToPath } from 'node:url';

/** How to run a pod of the demo: the bundled program beside this one, or its source when this runs from source. */
export function podProgram(): { readonly command: string; readonly args: readonly string[] } {
  const bundled = import.meta.url.endsWith('.js');
  const program = new URL(bundled ? './lab-pod.js' : '../lab/pod.ts', import.meta.url);
  return { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', fileURLToPath(program)] };
}
