import { runCommandLine } from './run.ts';

const interrupted = new AbortController();
const stop = (): void => {
  // A second signal means that ending quietly takes too long.
  if (interrupted.signal.aborted) process.exit(0);
  interrupted.abort();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// A reader that went away is no failure; `Output` tells every other trouble with standard output.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const status = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupted.signal,
  now: Date.now,
});
// A pending read of standard input or a half-open socket must not keep a finished command alive.
process.stdout.write('', () => process.exit(status));
