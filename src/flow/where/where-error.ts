import { NetwatchError } from '../../base/error.ts';

/** A filter that cannot be understood: where, from 1, and what was probably meant. */
export class WhereError extends NetwatchError {
  readonly column: number;

  /** `at` is the 0-based position in the filter. */
  constructor(at: number, problem: string, hint?: string) {
    super('usage', `filter, column ${at + 1}: ${problem}`, { hint });
    this.column = at + 1;
  }

  /** The message without the place. */
  get problem(): string {
    return this.message.replace(/^filter, column \d+: /, '');
  }
}
