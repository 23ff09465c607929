/** How a field is compared with a value. */
export type Operator = '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=';

/** Which end of a flow a term looks at; a term without a side holds if it holds for either end. */
export type TermSide = 'src' | 'dst';

/** One comparison. `field` is a canonical name of `FIELDS`. */
export interface Term {
  readonly kind: 'term';
  readonly field: string;
  readonly side?: TermSide;
  readonly operator: Operator;
  readonly value: string;
}

/** Text that any column may contain. */
export interface Word {
  readonly kind: 'word';
  readonly text: string;
}

/** A parsed filter. `all` and `any` have at least two parts. */
export type Where =
  | Term
  | Word
  | { readonly kind: 'not'; readonly of: Where }
  | { readonly kind: 'all'; readonly of: readonly Where[] }
  | { readonly kind: 'any'; readonly of: readonly Where[] };
