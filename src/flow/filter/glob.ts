import { badFilter } from './predicate.ts';

const STAR = 42;
const UNDERSCORE = 95;

/** `[-.0-9a-z]`: what a star stands for. An underscore only matches itself. */
function isNameCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 46;
}

/**
 * Normalises a pattern of DNS names: no surrounding space, at most one trailing dot, which is dropped, lower case.
 * Throws `NetwatchError('usage')` for anything else than `[-0-9a-z_.*]`.
 */
export function normalizeGlob(field: string, value: string, pattern = value): string {
  const glob = pattern.trim().replace(/\.$/, '').toLowerCase();
  if (glob === '') throw badFilter(field, value, 'empty pattern');
  if (glob.endsWith('.')) throw badFilter(field, value, 'multiple trailing dots in pattern');
  for (const character of glob) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && (isNameCharacter(code) || code === STAR || code === UNDERSCORE)) continue;
    throw badFilter(field, value, `'${character}': invalid rune in pattern`);
  }
  return glob;
}

/**
 * True when the whole text matches a normalised glob. Takes at most length × length steps whatever the pattern: only
 * the last star is ever reconsidered, since an earlier one could not help.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let star = -1;
  let mark = 0;
  for (let t = 0; t < text.length; ) {
    if (g < glob.length && glob.charCodeAt(g) === STAR) {
      star = g++;
      mark = t;
    } else if (g < glob.length && glob.charCodeAt(g) === text.charCodeAt(t)) {
      g++;
      t++;
    } else if (star >= 0 && isNameCharacter(text.charCodeAt(mark))) {
      g = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (g < glob.length && glob.charCodeAt(g) === STAR) g++;
  return g === glob.length;
}
