import type { Operator } from './where.ts';
import { WhereError } from './where-error.ts';

/** A piece of a filter and where it begins. */
export type Token =
  | { readonly kind: '(' | ')' | '|' | 'not'; readonly at: number }
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'term';
      /** As typed, with its side: `src.ns`. */
      readonly name: string;
      readonly operator: Operator;
      readonly value: string;
      readonly at: number;
      readonly valueAt: number;
    };

const TERM_START = /^([A-Za-z][A-Za-z0-9_.-]*)(!=|!~|<=|>=|=|~|<|>)/;

/** Splits a filter into tokens. Throws `WhereError` at an unfinished quote, a value that is missing, a lone operator. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) at++;
    else if (character === '(' || character === ')' || character === '|') tokens.push({ kind: character, at: at++ });
    else if (character === '-' || character === '!') tokens.push({ kind: 'not', at: at++ });
    else at = lexTerm(text, at, tokens);
  }
  return tokens;
}

function lexTerm(text: string, at: number, tokens: Token[]): number {
  const match = TERM_START.exec(text.slice(at, at + 64));
  if (match === null) {
    const word = readValue(text, at, false);
    if (word.value === '') throw new WhereError(at, 'text to look for is missing');
    if (/^[=~<>]/.test(text.slice(at))) throw new WhereError(at, `a field name is missing before "${text.charAt(at)}"`);
    tokens.push({ kind: 'word', text: word.value, at });
    return word.end;
  }
  const [start, name = '', operator = ''] = match;
  const valueAt = at + start.length;
  const { value, end } = readValue(text, valueAt, operator === '~' || operator === '!~');
  if (value === '') throw new WhereError(valueAt, `a value is missing after "${start}"`);
  tokens.push({ kind: 'term', name, operator: operator as Operator, value, at, valueAt });
  return end;
}

/**
 * Reads up to white space, `|` or a bracket; parts in quotes are taken as they are, `\` takes the next character. In a
 * regular expression, `\` stays and brackets nest, so that `path~^/(a|b)` needs no quotes.
 */
function readValue(text: string, from: number, isRegex: boolean): { readonly value: string; readonly end: number } {
  let value = '';
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) break;
    if (isRegex && character === '(') depth++;
    else if (isRegex && character === ')' && depth > 0) depth--;
    else if (depth === 0 && (character === '(' || character === ')' || character === '|')) break;
    if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      value += quoted.value;
      at = quoted.end;
    } else if (character === '\\' && at + 1 < text.length) {
      value += isRegex ? text.slice(at, at + 2) : text.charAt(at + 1);
      at += 2;
    } else {
      value += character;
      at++;
    }
  }
  return { value, end: at };
}

function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } {
  const quote = text.charAt(from);
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { value, end: at + 1 };
    const next = text.charAt(at + 1);
    if (character === '\\' && (next === quote || next === '\\')) {
      value += next;
      at++;
    } else value += character;
  }
  throw new WhereError(from, 'this quote is never closed');
}
