/**
 * Every way netwatch fails on purpose. Closed: the command line maps each code to an exit status and to nothing else.
 *
 * `usage` a flag or filter is wrong · `input` a file or stream is not what it should be · `unsupported` this kernel,
 * machine or build cannot do it · `permission` a capability is missing · `unavailable` the other side cannot be
 * reached · `protocol` the other side broke the wire format or answered with an error · `lab` the demo could not be
 * set up · `internal` our bug.
 */
export type ErrorCode =
  | 'usage'
  | 'input'
  | 'unsupported'
  | 'permission'
  | 'unavailable'
  | 'protocol'
  | 'lab'
  | 'internal';

export interface ErrorDetails {
  /** What the reader can do about it: one sentence, with a capital and a full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The only error rooms throw on purpose. `message` is one line that says what is wrong, without a trailing dot. */
export class NetwatchError extends Error {
  override readonly name = 'NetwatchError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, { hint, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** The text of anything thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
