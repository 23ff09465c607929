import { NetwatchError } from '../../base/error.ts';
import type { Flow } from '../gen/flow.ts';
import { compileTest, splitFlags, type Test } from './compare.ts';
import { containsText } from './contains-text.ts';
import { type Field, type FlowSide, fieldNamed } from './fields.ts';
import { flagsOf } from './names.ts';
import type { Term, Where, Word } from './where.ts';

/** Whether a flow is let through. */
export type FlowPredicate = (flow: Flow) => boolean;

/** A filter as one closure. Everything that can be decided once (patterns, numbers, sides) is; a call allocates little. */
export function compileWhere(where: Where): FlowPredicate {
  switch (where.kind) {
    case 'word':
      return compileWord(where);
    case 'term':
      return compileTerm(where);
    case 'not': {
      const inner = compileWhere(where.of);
      return (flow) => !inner(flow);
    }
    case 'all': {
      const parts = where.of.map(compileWhere);
      return (flow) => parts.every((part) => part(flow));
    }
    case 'any': {
      const parts = where.of.map(compileWhere);
      return (flow) => parts.some((part) => part(flow));
    }
  }
}

function compileTerm({ field: name, side, operator, value }: Term): FlowPredicate {
  const field = fieldNamed(name);
  if (field === undefined)
    throw new NetwatchError('internal', `the filter names a field "${name}" that does not exist`);
  const holds =
    field.compares === 'words' && (operator === '=' || operator === '!=')
      ? compileFlags(value)
      : compileField(field, side, compileTerms(field, operator, value));
  return operator === '!=' || operator === '!~' ? (flow) => !holds(flow) : holds;
}

function compileTerms(field: Field, operator: Term['operator'], value: string): Test {
  const test = compileTest(field, operator, value);
  if ('problem' in test) throw new NetwatchError('internal', `the filter was not checked: ${test.problem}`);
  return test;
}

function compileField(field: Field, side: Term['side'], test: Test): FlowPredicate {
  const sides: readonly FlowSide[] = side === undefined ? field.sides : [side === 'src' ? 'source' : 'destination'];
  const [first = 'source', second] = sides;
  const atSide = compileSide(field, test);
  return second === undefined ? (flow) => atSide(flow, first) : (flow) => atSide(flow, first) || atSide(flow, second);
}

function compileSide(field: Field, test: Test): (flow: Flow, side: FlowSide) => boolean {
  if (test.kind === 'number') {
    const holds = test.test;
    return (flow, side) => holds(field.number?.(flow, side) ?? Number.NaN);
  }
  const holds = test.test;
  return (flow, side) => {
    for (const value of field.values(flow, side)) if (value && holds(value)) return true;
    return false;
  };
}

/** `flags=syn,ack`: all of these are set, whatever else is. */
function compileFlags(value: string): FlowPredicate {
  const wanted = splitFlags(value);
  return (flow) => {
    const set = flagsOf(flow.l4?.tcp?.flags);
    return set.length > 0 && wanted.every((flag) => set.includes(flag));
  };
}

function compileWord({ text }: Word): FlowPredicate {
  const wanted = text.toLowerCase();
  return (flow) => containsText(flow, wanted);
}
