import type { Where } from './where.ts';

/** A value as the grammar reads it back: bare where possible, else in single quotes. */
export function quoteValue(value: string): string {
  if (/^[^\s()|'"\\]+$/.test(value)) return value;
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

function quoteWord(text: string): string {
  // A word must not look like a term, a negation or an operator.
  const quoted = quoteValue(text);
  return quoted === text && /^[-!=~<>]|^[A-Za-z][A-Za-z0-9_.-]*(!=|!~|[=~<>])/.test(text) ? `'${text}'` : quoted;
}

/** The filter as text; `parseWhere` reads the same filter from it. */
export function printWhere(where: Where): string {
  switch (where.kind) {
    case 'word':
      return quoteWord(where.text);
    case 'term':
      return `${where.side === undefined ? '' : `${where.side}.`}${where.field}${where.operator}${quoteValue(where.value)}`;
    case 'not':
      return `-${where.of.kind === 'all' || where.of.kind === 'any' ? `(${printWhere(where.of)})` : printWhere(where.of)}`;
    case 'all':
      return where.of
        .map((part) => (part.kind === 'all' || part.kind === 'any' ? `(${printWhere(part)})` : printWhere(part)))
        .join(' ');
    case 'any':
      return where.of.map((part) => (part.kind === 'any' ? `(${printWhere(part)})` : printWhere(part))).join(' | ');
  }
}
