import { abortOnSignals } from './interruption.ts';
import { runCommandLine } from './run.ts';

const signal = abortOnSignals();
// A reader that went away is no failure; `Output` tells every other trouble with standard output.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const status = await runCommandLine(process.argv.slice(2), {
  // Node opens it when it is first looked at, which takes 3 ms; few commands read it.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal,
  now: Date.now,
});
// A pending read of standard input or a half-open socket must not keep a finished command alive.
process.stdout.write('', () => process.exit(status));
