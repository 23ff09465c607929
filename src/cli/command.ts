import type { Readable, Writable } from 'node:stream';
import type { Flag, ParsedFlags } from './options.ts';

/** A stream that may be a terminal; only a terminal has a size. */
export type TextOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
type TextInput = Readable & { readonly isTTY?: boolean };

/** An output that is a terminal. */
export type TerminalOutput = TextOutput & { readonly isTTY: true; readonly columns: number; readonly rows: number };

/** True when the stream is a terminal of known size. */
export function isTerminal(output: TextOutput): output is TerminalOutput {
  return output.isTTY === true && output.columns !== undefined && output.rows !== undefined;
}

/** The process as commands see it; a test passes its own. */
export interface Context {
  /** Opened when it is first looked at. */
  readonly stdin: TextInput;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on the signals that end a process: end quietly, keep what was printed, put everything away. */
  readonly signal: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows `netwatch` in the usage line: `observe [flags]`. */
  readonly usage: string;
  /** Paragraphs and examples for help, after the usage. */
  readonly about?: string;
  readonly options: readonly Flag[];
  /** Does the work; a failure is a thrown `NetwatchError`. */
  run(context: Context, flags: ParsedFlags): Promise<void>;
}
