import { messageOf, NetwatchError } from '../base/error.ts';
import { escapeText } from '../flow/format/escape.ts';

/** What to print on standard error for something thrown, and the exit status: 1, whatever failed, as Hubble's. */
export function describeFailure(thrown: unknown): { readonly text: string; readonly status: number } {
  if (thrown instanceof NetwatchError && thrown.code !== 'internal') {
    const hint = thrown.hint === undefined ? '' : `${escapeText(thrown.hint)}\n`;
    return { text: `netwatch: ${escapeText(thrown.message)}\n${hint}`, status: 1 };
  }
  const stack = thrown instanceof Error ? `${thrown.stack}\n` : '';
  return { text: `netwatch: internal error: ${escapeText(messageOf(thrown))}\n${stack}`, status: 1 };
}
