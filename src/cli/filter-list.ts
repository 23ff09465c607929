import { messageOf, NetwatchError } from '../base/error.ts';
import { compileFilters } from '../flow/filter/index.ts';
import { filterToJson } from '../flow/format/json.ts';
import type { FlowFilter } from '../flow/gen/flow.ts';
import { refuseConflicts, refuseOtherNamespace, refuseSplitSide } from './filter-conflicts.ts';
import type { FilterAction, FilterFlag, ListField, Side } from './filter-flags.ts';
import { badValue } from './options.ts';
import { onDestination, readParty } from './party.ts';

/** How an error about a filter names its proto field; on the command line the flag's name says it better. */
const FILTER_NAME = /^invalid \w+ filter "(?:[^"\\]|\\.)*": /;

type Draft = { -readonly [K in keyof FlowFilter]: FlowFilter[K] };

function append(draft: Draft, field: ListField, value: unknown): void {
  Object.assign(draft, { [field]: [...(draft[field] ?? []), value] });
}

/** Names without a namespace get each of the given ones; `/` in a name means that it has one. */
function qualify(names: readonly string[] | undefined, namespaces: readonly string[]): readonly string[] | undefined {
  return names?.flatMap((name) =>
    name.includes('/') ? [name] : namespaces.map((namespace) => `${namespace}/${name}`),
  );
}

function qualifySource(draft: Draft, namespaces: readonly string[]): void {
  if (namespaces.length === 0) return;
  if (draft.sourcePod === undefined && draft.sourceService === undefined) draft.sourcePod = [''];
  draft.sourcePod = qualify(draft.sourcePod, namespaces);
  draft.sourceService = qualify(draft.sourceService, namespaces);
}

function qualifyDestination(draft: Draft, namespaces: readonly string[]): void {
  if (namespaces.length === 0) return;
  if (draft.destinationPod === undefined && draft.destinationService === undefined) draft.destinationPod = [''];
  draft.destinationPod = qualify(draft.destinationPod, namespaces);
  draft.destinationService = qualify(draft.destinationService, namespaces);
}

/** Fields of one filter must all match, so a filter is the AND of two whose fields differ. */
const product = (filters: readonly FlowFilter[], others: readonly FlowFilter[]): FlowFilter[] =>
  filters.flatMap((filter) => others.map((other) => ({ ...filter, ...other })));

/**
 * One list of a request, allow or deny, as it grows flag by flag. Hubble's rules: a repeated flag means OR, different
 * flags mean AND, and a flag for either side makes the list two filters, one with the source and one with the
 * destination. Namespaces are applied last, to pods and services without one.
 */
export class FilterList {
  readonly #left: Draft = {};
  readonly #right: Draft = {};
  readonly #used = new Set<string>();
  readonly #namespaces: Record<Side, string[]> = { either: [], from: [], to: [] };
  readonly #parties: Record<Side, string[]> = { either: [], from: [], to: [] };

  /** Takes one flag. Throws `NetwatchError('usage')` that names the flag and the value. */
  add(flag: FilterFlag, value: string): void {
    try {
      this.#used.add(flag.name);
      refuseConflicts(this.#used);
      this.#apply(flag.action, value);
      this.#checkNamespaces();
    } catch (thrown) {
      const hint = thrown instanceof NetwatchError ? thrown.hint : undefined;
      throw badValue(flag, value, messageOf(thrown).replace(FILTER_NAME, ''), hint);
    }
  }

  #apply(action: FilterAction, value: string): void {
    switch (action.kind) {
      case 'field': {
        const parsed = action.parse(value);
        compileFilters({ allow: [{ [action.left]: [parsed] }], deny: [] });
        append(this.#left, action.left, parsed);
        append(this.#right, action.right, parsed);
        break;
      }
      case 'cel':
        for (const draft of [this.#left, this.#right]) {
          draft.experimental = { celExpression: [...(draft.experimental?.celExpression ?? []), value] };
        }
        break;
      case 'namespace':
        this.#namespaces[action.side].push(action.any ? '' : value);
        break;
      case 'party':
        readParty(value, []);
        this.#parties[action.side].push(value);
        break;
      case 'not':
        break;
    }
  }

  #checkNamespaces(): void {
    const { either, from, to } = this.#namespaces;
    for (const draft of [this.#left, this.#right]) {
      for (const names of [draft.sourcePod, draft.sourceService]) refuseOtherNamespace([...either, ...from], names);
      for (const names of [draft.destinationPod, draft.destinationService])
        refuseOtherNamespace([...either, ...to], names);
      refuseSplitSide(draft);
    }
  }

  /** What each party may mean. With parties, `--namespace` says where their names are looked up. */
  #readings(side: Side): FlowFilter[] {
    const { either, from, to } = this.#namespaces;
    const namespaces = [...either, ...(side === 'to' ? to : from)];
    return this.#parties[side].flatMap((who) => readParty(who, namespaces));
  }

  /** The filters of the list, none when no flag was given. */
  filters(): readonly FlowFilter[] {
    if (this.#used.size === 0) return [];
    const { either, from, to } = this.#namespaces;
    const hasParty = Object.values(this.#parties).some((parties) => parties.length > 0);
    const left = { ...this.#left };
    const right = { ...this.#right };
    if (!hasParty) {
      for (const draft of [left, right]) {
        qualifyDestination(draft, to);
        qualifySource(draft, from);
      }
      qualifySource(left, either);
      qualifyDestination(right, either);
    }
    const same = filterToJson(left) === filterToJson(right);
    return this.#withParties(same ? [left] : [left, right]);
  }

  #withParties(filters: readonly FlowFilter[]): readonly FlowFilter[] {
    let result = filters;
    const from = this.#readings('from');
    const to = this.#readings('to').map(onDestination);
    const either = this.#readings('either');
    if (from.length > 0) result = product(result, from);
    if (to.length > 0) result = product(result, to);
    if (either.length > 0) result = product(result, [...either, ...either.map(onDestination)]);
    return result;
  }
}
