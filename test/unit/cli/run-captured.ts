import { Readable, Writable } from 'node:stream';
import { type CommandEntry, runCommandLine } from '../../../src/cli/run.ts';

export interface CapturedRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly nowMs?: number;
  readonly signal?: AbortSignal;
  readonly commands?: readonly CommandEntry[];
}

/** Runs one command line inside this process and returns what it printed and its exit status. */
export async function runCaptured(argv: readonly string[], options: RunOptions = {}): Promise<CapturedRun> {
  const { stdin = '', env = {}, nowMs = 0, signal = new AbortController().signal, commands } = options;
  let stdout = '';
  let stderr = '';
  const sink = (take: (text: string) => void): Writable =>
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        take(String(chunk));
        done();
      },
    });
  const context = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink((text) => {
      stderr += text;
    }),
    env,
    signal,
    now: () => nowMs,
  };
  const status = await runCommandLine(argv, context, commands);
  return { status, stdout, stderr };
}
