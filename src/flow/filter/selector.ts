import { badFilter } from './predicate.ts';

/** Decides about a list of labels, each `[source:]key[=value]`. */
export type LabelSelector = (labels: readonly string[]) => boolean;

/** `any` stands for every source; a key without a source has it. */
interface LabelKey {
  readonly source: string;
  readonly key: string;
}

const TOKENS = /==|!=|[=!<>(),]|[^\s=!<>(),]+/g;
const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const INTEGER = /^-?\d+$/;

/** The value of the first label of that key: '' when it has none, nothing when no label has the key. */
function labelValue(labels: readonly string[], { source, key }: LabelKey): string | undefined {
  for (const label of labels) {
    const equals = label.indexOf('=');
    const colon = label.indexOf(':');
    const end = equals < 0 ? label.length : equals;
    const start = colon < 0 || colon > end ? 0 : colon + 1;
    if (end - start !== key.length || !label.startsWith(key, start)) continue;
    if (source !== 'any' && (start !== source.length + 1 || !label.startsWith(source))) continue;
    return equals < 0 ? '' : label.slice(equals + 1);
  }
  return undefined;
}

/** Reads one selector from left to right. The grammar is that of Kubernetes (apimachinery pkg/labels). */
class SelectorParser {
  readonly #tokens: string[];
  readonly #fail: (reason: string) => never;
  #at = 0;

  constructor(text: string, fail: (reason: string) => never) {
    this.#fail = fail;
    this.#tokens = text.match(TOKENS) ?? [];
  }

  parse(): LabelSelector {
    const requirements: LabelSelector[] = [];
    while (this.#at < this.#tokens.length) {
      requirements.push(this.#requirement());
      if (this.#at === this.#tokens.length) break;
      this.#expect(',');
      if (this.#at === this.#tokens.length) this.#fail('found nothing after the last comma');
    }
    return (labels) => requirements.every((matches) => matches(labels));
  }

  #next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) this.#fail(`found ${found === undefined ? 'the end' : `'${found}'`}, expected '${token}'`);
  }

  #requirement(): LabelSelector {
    if (this.#peek() === '!') {
      this.#at++;
      const absent = this.#key();
      return (labels) => labelValue(labels, absent) === undefined;
    }
    const key = this.#key();
    const operator = this.#peek();
    if (operator === undefined || operator === ',') return (labels) => labelValue(labels, key) !== undefined;
    this.#at++;
    switch (operator) {
      case '=':
      case '==':
        return this.#membership(key, [this.#value()], false);
      case '!=':
        return this.#membership(key, [this.#value()], true);
      case 'in':
        return this.#membership(key, this.#values(), false);
      case 'notin':
        return this.#membership(key, this.#values(), true);
      case '<':
      case '>':
        return this.#comparison(key, operator);
      default:
        return this.#fail(`found '${operator}', expected one of = == != in notin < >`);
    }
  }

  #key(): LabelKey {
    const text = this.#next() ?? '';
    const colon = text.indexOf(':');
    const key = text.slice(colon + 1);
    if (!KEY.test(key)) this.#fail(`'${text}' is not a label key`);
    return { source: colon <= 0 ? 'any' : text.slice(0, colon), key };
  }

  #value(): string {
    const token = this.#peek();
    if (token === undefined || token === ',' || token === ')') return '';
    this.#at++;
    if (!VALUE.test(token)) this.#fail(`'${token}' is not a label value`);
    return token;
  }

  #values(): string[] {
    this.#expect('(');
    const values = [this.#value()];
    while (this.#peek() === ',') {
      this.#at++;
      values.push(this.#value());
    }
    this.#expect(')');
    return values;
  }

  #membership(key: LabelKey, values: readonly string[], negated: boolean): LabelSelector {
    return (labels) => {
      const value = labelValue(labels, key);
      return value === undefined ? negated : values.includes(value) !== negated;
    };
  }

  #comparison(key: LabelKey, operator: '<' | '>'): LabelSelector {
    const text = this.#value();
    if (!INTEGER.test(text)) this.#fail(`'${text}' is not an integer`);
    const bound = BigInt(text);
    return (labels) => {
      const value = labelValue(labels, key);
      if (value === undefined || value.length > 20 || !INTEGER.test(value)) return false;
      return operator === '<' ? BigInt(value) < bound : BigInt(value) > bound;
    };
  }
}

/**
 * Compiles a Kubernetes label selector whose keys may carry a source: `k8s:app in (a,b),!tier`, `reserved:world`.
 * An empty selector matches everything. Throws `NetwatchError('usage')` that names `field` and the selector.
 */
export function compileSelector(field: string, selector: string): LabelSelector {
  return new SelectorParser(selector, (reason) => {
    throw badFilter(field, selector, reason);
  }).parse();
}
