import fuzzysort, { type Prepared } from 'fuzzysort';
import { FIELDS, type Field, fieldNamed } from '../flow/where/fields.ts';
import { quoteValue } from '../flow/where/print.ts';
import type { EventRange } from './event-log.ts';

/** One thing that could stand where the cursor is. */
interface Proposal {
  /** What is shown. */
  readonly label: string;
  /** How often it occurs in the buffer, or what it means. */
  readonly note: string;
  /** Text that replaces `from`..cursor. */
  readonly insert: string;
}

/** Proposals and the position in the line from which they replace what is typed. */
export interface Proposals {
  readonly from: number;
  readonly list: readonly Proposal[];
}

/** Most proposals shown at once. */
const MAX_PROPOSALS = 6;
const MAX_VALUES = 2000;
const MAX_EVENTS = 2 ** 13;

const NO_PROPOSALS: Proposals = { from: 0, list: [] };
const FIELD_TARGETS = FIELDS.map((field) => ({ field, target: fuzzysort.prepare(field.name) }));

interface Value {
  readonly text: string;
  readonly count: number;
  readonly target: Prepared;
}

/** How often each value of a field occurs in the newest 8,192 events of a range; at most 2,000 different values. */
function countValues(range: EventRange, field: Field): Value[] {
  const counts = new Map<string, number>();
  for (let seq = range.end - 1; seq >= Math.max(range.oldest, range.end - MAX_EVENTS); seq--) {
    const flow = range.at(seq)?.flow;
    if (flow === undefined) continue;
    for (const side of field.sides) {
      // The last form is the qualified one: `namespace/name`.
      const value = field.values(flow, side).findLast((each) => !!each);
      if (value === undefined) continue;
      const count = counts.get(value);
      if (count !== undefined || counts.size < MAX_VALUES) counts.set(value, (count ?? 0) + 1);
    }
  }
  return Array.from(counts, ([text, count]) => ({ text, count, target: fuzzysort.prepare(text) })).sort(
    (a, b) => b.count - a.count,
  );
}

/**
 * Proposes field names and values that occur in the buffer. The values of one field are counted once per typing of a
 * filter and prepared for fuzzysort once; nothing unbounded is remembered.
 */
export class Completion {
  readonly #range: EventRange;
  #counted: { readonly field: Field; readonly values: readonly Value[] } | undefined;

  constructor(range: EventRange) {
    this.#range = range;
  }

  /** Proposals for the term that ends at the cursor. */
  propose(text: string, at: number): Proposals {
    const start = /[^\s()|]*$/.exec(text.slice(0, at))?.index ?? at;
    const token = text.slice(start, at).replace(/^[-!]+/, '');
    const from = at - token.length;
    const term = /^(?:(src|dst)\.)?([a-z0-9]+)(!=|<=|>=|=|<|>)(.*)$/i.exec(token);
    if (term === null) return token.includes('~') ? NO_PROPOSALS : this.#proposeFields(token, from);
    const [, , name = '', , typed = ''] = term;
    const field = fieldNamed(name.toLowerCase());
    return field === undefined ? NO_PROPOSALS : this.#proposeValues(field, typed, at - typed.length);
  }

  #proposeFields(token: string, from: number): Proposals {
    if (token === '') return NO_PROPOSALS;
    const side = /^(src|dst)\./i.exec(token)?.[0] ?? '';
    const typed = token.slice(side.length);
    const usable = FIELD_TARGETS.filter(({ field }) => side === '' || field.sides.length === 2);
    const found =
      typed === ''
        ? usable
        : fuzzysort.go(typed, usable, { key: 'target', limit: MAX_PROPOSALS }).map(({ obj }) => obj);
    const list = found.slice(0, MAX_PROPOSALS).map(({ field }) => ({
      label: side + field.name,
      note: field.does,
      insert: `${side}${field.name}${field.compares === 'duration' ? '>' : '='}`,
    }));
    return { from, list };
  }

  #proposeValues(field: Field, typed: string, from: number): Proposals {
    if (this.#counted?.field !== field) this.#counted = { field, values: countValues(this.#range, field) };
    const { values } = this.#counted;
    const bare = typed.replace(/^['"]/, '');
    const found =
      bare === ''
        ? values.slice(0, MAX_PROPOSALS)
        : fuzzysort.go(bare, values, { key: 'target', limit: MAX_PROPOSALS }).map(({ obj }) => obj);
    const list = found.map(({ text, count }) => ({
      label: text,
      note: `${count} recent`,
      insert: `${quoteValue(text)} `,
    }));
    return { from, list };
  }
}
