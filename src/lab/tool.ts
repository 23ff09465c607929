import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { messageOf, NetwatchError } from '../base/error.ts';

/** What a finished program left. Output beyond 1 MiB of either stream is cut off. */
export interface ToolResult {
  /** Exit status; 128 + signal number when a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_CHARS = 1024 * 1024;

/** Runs a program to its end, whatever its status. A `lab` error only when it cannot be started at all. */
export function runTool(argv: readonly string[], input = ''): Promise<ToolResult> {
  const [command = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, MAX_OUTPUT_CHARS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MAX_OUTPUT_CHARS);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      const message = missing
        ? `the program ${command} is not installed`
        : `cannot run ${command}: ${messageOf(error)}`;
      reject(
        new NetwatchError('lab', message, { hint: 'The demo needs ip (iproute2) and nft (nftables).', cause: error }),
      );
    });
    child.on('close', (code, signal) =>
      resolve({ status: code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)), stdout, stderr }),
    );
    // A program that ends before it read its input is judged by its status, not by EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs a program that has to succeed: its output, or a `lab` error with the first line it complained with. */
export async function requireTool(argv: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await runTool(argv, input);
  if (status === 0) return stdout;
  const complaint = stderr.trim().split('\n')[0] ?? '';
  // Of a command in a namespace, say the command.
  const shown = argv[1] === 'netns' && argv[2] === 'exec' ? argv.slice(4) : argv;
  throw new NetwatchError('lab', `${shown[0]} ${shown[1] ?? ''} failed with status ${status}: ${complaint}`);
}

/** Runs a program while everything else waits, for exit handlers; whether it succeeded is not known. */
export function runToolNow(argv: readonly string[], input: string): void {
  const [command = '', ...args] = argv;
  spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] });
}
