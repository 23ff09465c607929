import { compileTest } from './compare.ts';
import { FIELDS, type Field, fieldNamed } from './fields.ts';
import { lex, type Token } from './lex.ts';
import { suggest } from './suggest.ts';
import type { Term, TermSide, Where } from './where.ts';
import { WhereError } from './where-error.ts';

/** Longest filter, in characters. */
export const MAX_WHERE_LENGTH = 4096;
const MAX_DEPTH = 64;

/**
 * Reads a filter; undefined when there is nothing in it.
 *
 * Space means and, `|` or (and binds closer), `-` or `!` before a term not, brackets group. A term is
 * `[src.|dst.]field`, one of `= != ~ !~ < <= > >=` and a value; anything else is a word that any column may contain.
 * Throws `WhereError`, and nothing else, whatever the text: every term is checked, its regular expression included.
 */
export function parseWhere(text: string): Where | undefined {
  if (text.length > MAX_WHERE_LENGTH) {
    throw new WhereError(MAX_WHERE_LENGTH, `a filter may have ${MAX_WHERE_LENGTH} characters`);
  }
  const tokens = lex(text);
  if (tokens.length === 0) return undefined;
  const parser = new Parser(tokens, text.length);
  return parser.parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  parse(): Where {
    const where = this.#any();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) throw new WhereError(rest.at, 'this bracket was never opened');
    return where;
  }

  #any(): Where {
    const parts = [this.#all()];
    while (this.#tokens[this.#next]?.kind === '|') {
      this.#next++;
      parts.push(this.#all());
    }
    const [only, ...more] = parts;
    return only !== undefined && more.length === 0 ? only : { kind: 'any', of: parts };
  }

  #all(): Where {
    const parts = [this.#not()];
    for (;;) {
      const kind = this.#tokens[this.#next]?.kind;
      if (kind === undefined || kind === '|' || kind === ')') break;
      parts.push(this.#not());
    }
    const [only, ...more] = parts;
    return only !== undefined && more.length === 0 ? only : { kind: 'all', of: parts };
  }

  #not(): Where {
    const token = this.#tokens[this.#next++];
    if (token === undefined || token.kind === '|' || token.kind === ')') {
      throw new WhereError(token?.at ?? this.#end, 'a term is missing here');
    }
    if (token.kind === 'word') return { kind: 'word', text: token.text };
    if (token.kind === 'term') return readTerm(token);
    if (++this.#depth > MAX_DEPTH)
      throw new WhereError(token.at, `brackets and negations nest at most ${MAX_DEPTH} deep`);
    const inner: Where = token.kind === 'not' ? { kind: 'not', of: this.#not() } : this.#group(token.at);
    this.#depth--;
    return inner;
  }

  #group(openedAt: number): Where {
    const inner = this.#any();
    if (this.#tokens[this.#next]?.kind !== ')') throw new WhereError(openedAt, 'this bracket is never closed');
    this.#next++;
    return inner;
  }
}

function readTerm(token: Token & { kind: 'term' }): Term {
  const { name, operator, value, at, valueAt } = token;
  const { field, side } = resolveField(name, at);
  const test = compileTest(field, operator, value);
  if ('problem' in test) throw new WhereError(valueAt, test.problem, test.hint);
  return side === undefined
    ? { kind: 'term', field: field.name, operator, value }
    : { kind: 'term', field: field.name, side, operator, value };
}

function resolveField(typed: string, at: number): { readonly field: Field; readonly side?: TermSide } {
  const name = typed.toLowerCase();
  const [, prefix, rest = ''] = /^(src|dst)\.(.*)$/.exec(name) ?? [];
  const side: TermSide | undefined = prefix === 'src' || prefix === 'dst' ? prefix : undefined;
  const field = fieldNamed(side === undefined ? name : rest);
  if (field === undefined) throw unknownField(typed, at);
  if (side !== undefined && field.sides.length < 2) {
    throw new WhereError(at, `"${field.name}" has no sides`, `Write ${field.name}=… without ${side}.`);
  }
  return { field, side };
}

function unknownField(typed: string, at: number): WhereError {
  const names = FIELDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  const sided = FIELDS.filter(({ sides }) => sides.length === 2).flatMap(({ name }) => [`src.${name}`, `dst.${name}`]);
  const near = suggest(typed, [...names, ...sided]);
  const hint = near === undefined ? `Fields are ${FIELDS.map(({ name }) => name).join(' ')}.` : `Did you mean ${near}?`;
  return new WhereError(at, `unknown field "${typed}"`, hint);
}
