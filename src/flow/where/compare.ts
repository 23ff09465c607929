import { RE2JS } from 're2js';
import { compileCidr } from './address.ts';
import type { Field } from './fields.ts';
import { compileGlob } from './glob.ts';
import { FLAG_NAMES, VERDICT_ALIASES, VERDICT_NAMES } from './names.ts';
import { suggest } from './suggest.ts';
import type { Operator } from './where.ts';

/** A value that its field cannot be compared with. */
export interface BadValue {
  readonly problem: string;
  readonly hint?: string;
}

/** How one term tests one value: text, or a number for an ordering. */
export type Test =
  | { readonly kind: 'text'; readonly test: (value: string) => boolean }
  | { readonly kind: 'number'; readonly test: (value: number) => boolean };

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };
const DURATIONS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Whether an operator orders values instead of comparing text. */
function isOrdering(operator: Operator): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

/** The test for `field operator value`, `!=` and `!~` without their negation; or what is wrong with the value. */
export function compileTest(field: Field, operator: Operator, value: string): Test | BadValue {
  if (operator === '~' || operator === '!~') return compileRegex(value);
  if (field.compares === 'duration' || isOrdering(operator)) return compileOrdering(field, operator, value);
  switch (field.compares) {
    case 'name':
      return { kind: 'text', test: compileName(value) };
    case 'address':
      return compileAddress(value);
    case 'words':
      return compileFlags(value);
    case 'verdict':
      return compileVerdict(value);
    case 'number':
      return compileNumber(field, value);
    default:
      return { kind: 'text', test: compileGlob(value) };
  }
}

function compileRegex(value: string): Test | BadValue {
  try {
    const pattern = RE2JS.compile(value);
    return { kind: 'text', test: (text) => pattern.test(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not valid';
    return { problem: `this regular expression does not compile: ${reason}`, hint: 'The syntax is RE2.' };
  }
}

/** The number a text stands for, in nanoseconds for durations (without a unit: milliseconds); NaN when it is none. */
function readNumber(field: Field, value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/i.exec(value);
  if (match === null) return Number.NaN;
  const [, digits = '', unit = ''] = match;
  const isDuration = field.compares === 'duration';
  if (unit === '') return Number(digits) * (isDuration ? 1e6 : 1);
  return Number(digits) * ((isDuration ? DURATIONS[unit.toLowerCase()] : UNITS[unit.toLowerCase()]) ?? Number.NaN);
}

function compileOrdering(field: Field, operator: Operator, value: string): Test | BadValue {
  if (field.number === undefined) {
    return { problem: `"${field.name}" has no order`, hint: `Write ${field.name}=… or ${field.name}~….` };
  }
  const limit = readNumber(field, value);
  if (Number.isNaN(limit)) {
    const example = field.compares === 'duration' ? '250ms or 1.5s' : '500 or 10k';
    return { problem: `"${value}" is not a ${field.compares}`, hint: `Write for example ${example}.` };
  }
  const tests: Partial<Record<Operator, (number: number) => boolean>> = {
    '<': (number) => number < limit,
    '<=': (number) => number <= limit,
    '>': (number) => number > limit,
    '>=': (number) => number >= limit,
  };
  return { kind: 'number', test: tests[operator] ?? ((number) => number === limit) };
}

/** Numbers compare as text, so that `5xx`, `5??` and `80*` work. */
function compileNumber(field: Field, value: string): Test | BadValue {
  if (/^[\d*?]*[\d*?x]x?$/i.test(value) && /[*?x]/i.test(value)) {
    return { kind: 'text', test: compileGlob(value.replaceAll(/x/gi, '?')) };
  }
  const wanted = readNumber(field, value);
  if (!Number.isNaN(wanted)) return { kind: 'number', test: (number) => number === wanted };
  return { problem: `"${value}" is not a number`, hint: `Write for example ${field.name}=500 or ${field.name}=5xx.` };
}

/** Checks the names; that all of them are set is for the caller to test. */
function compileFlags(value: string): Test | BadValue {
  const wanted = splitFlags(value);
  const unknown = wanted.find((flag) => !FLAG_NAMES.some((name) => name === flag));
  if (unknown === undefined && wanted.length > 0) return { kind: 'text', test: (text) => wanted.includes(text) };
  return {
    problem: `there is no TCP flag "${unknown ?? value}"`,
    hint: `Flags are ${FLAG_NAMES.join(' ')}; several: flags=syn,ack.`,
  };
}

/** The names in `syn,ack`, lower case. */
export function splitFlags(value: string): string[] {
  return value.toLowerCase().split(/[,+]/).filter(Boolean);
}

/** The name itself, or names that continue after a dash: `cart` is also `cart-7c9fd-x2kqp`, never `cartography`. */
function compileName(value: string): (text: string) => boolean {
  const whole = compileGlob(value);
  const start = `${value.toLowerCase()}-`;
  return (text) => whole(text) || text.toLowerCase().startsWith(start);
}

function compileAddress(value: string): Test | BadValue {
  if (/[*?]/.test(value)) return { kind: 'text', test: compileGlob(value) };
  const contains = compileCidr(value);
  if (contains === undefined) {
    return {
      problem: `"${value}" is not an address`,
      hint: 'Write for example ip=10.0.0.7, ip=10.0.0.0/8 or ip=fd00::/8.',
    };
  }
  const exact = compileGlob(value);
  return { kind: 'text', test: value.includes('/') ? contains : (text) => exact(text) || contains(text) };
}

function compileVerdict(value: string): Test | BadValue {
  const wanted = value.toUpperCase();
  const alias = VERDICT_ALIASES[value.toLowerCase()];
  const isGlob = compileGlob(value);
  const meant = new Set(VERDICT_NAMES.filter((name) => name === alias || name.startsWith(wanted) || isGlob(name)));
  if (meant.size > 0) return { kind: 'text', test: (text) => meant.has(text) };
  const names = [...VERDICT_NAMES.map((name) => name.toLowerCase()), ...Object.keys(VERDICT_ALIASES)];
  const near = suggest(value, names);
  return {
    problem: `there is no verdict "${value}"`,
    hint: near === undefined ? `Verdicts are ${names.slice(1, 8).join(', ')}.` : `Did you mean ${near}?`,
  };
}
