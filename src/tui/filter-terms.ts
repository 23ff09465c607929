import { parseWhere } from '../flow/where/parse.ts';
import { printWhere } from '../flow/where/print.ts';
import type { Where } from '../flow/where/where.ts';

const VERDICTS = ['dropped', 'error', 'forwarded'] as const;

/** The parts that all have to hold. */
function partsOf(text: string): readonly Where[] {
  const where = parseWhere(text);
  if (where === undefined) return [];
  return where.kind === 'all' ? where.of : [where];
}

function join(parts: readonly Where[]): string {
  const [only, ...more] = parts;
  if (only === undefined) return '';
  return printWhere(more.length === 0 ? only : { kind: 'all', of: parts });
}

/** The filter with a term added, or without it when it has it. */
export function toggleTerm(text: string, term: string): string {
  const parts = partsOf(text);
  const others = parts.filter((part) => printWhere(part) !== term);
  return others.length < parts.length ? join(others) : join([...parts, ...partsOf(term)]);
}

/** The filter with the next verdict: dropped, error, forwarded, then any. */
export function cycleVerdict(text: string): string {
  const parts = partsOf(text);
  const isVerdict = (part: Where): boolean => part.kind === 'term' && part.field === 'verdict' && part.operator === '=';
  const now = parts.find(isVerdict);
  const index =
    now?.kind === 'term' ? VERDICTS.findIndex((verdict) => verdict.startsWith(now.value.toLowerCase())) : -1;
  const next = VERDICTS[index + 1];
  const others = parts.filter((part) => !isVerdict(part));
  return join(next === undefined ? others : [...others, ...partsOf(`verdict=${next}`)]);
}

/** The filter with one more term that has to hold. */
export function addTerm(text: string, term: string): string {
  const parts = partsOf(text);
  return parts.some((part) => printWhere(part) === term) ? text : join([...parts, ...partsOf(term)]);
}
