import { RE2JS } from 're2js';
import { messageOf } from '../../base/error.ts';
import { badFilter } from './predicate.ts';

/**
 * Compiles patterns in RE2's syntax, as Hubble's; a text matches when any pattern is found anywhere in it. Matching
 * takes time linear in the text whatever the pattern, so a client's pattern cannot stall a relay.
 */
export function compileRegexes(field: string, patterns: readonly string[]): (text: string) => boolean {
  const compiled = patterns.map((pattern) => {
    try {
      return RE2JS.compile(pattern);
    } catch (cause) {
      throw badFilter(field, pattern, messageOf(cause), cause);
    }
  });
  return (text) => compiled.some((regex) => regex.test(text));
}
