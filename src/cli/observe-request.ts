import { messageOf, NetwatchError } from '../base/error.ts';
import { compileFilters } from '../flow/filter/index.ts';
import { filterFromJson } from '../flow/format/json-reader.ts';
import type { FlowFilter } from '../flow/gen/flow.ts';
import type { FlowsRequest } from '../flow/source.ts';
import type { FilterFlag } from './filter-flags.ts';
import { FilterList } from './filter-list.ts';
import { splitJsonObjects } from './json-objects.ts';
import type { Flag, ParsedFlags } from './options.ts';
import { parseTimeInput } from './time-input.ts';

const DEFAULT_COUNT = 20n;
const EVERYTHING = 2n ** 64n - 1n;

const isFilterFlag = (flag: Flag): flag is FilterFlag => 'action' in flag;

function refuseBoth(a: string, b: string): never {
  throw new NetwatchError('usage', `cannot set both --${a} and --${b}`);
}

/** Filters as JSON objects, several may follow each other in one value. */
function readRawFilters(flag: string, values: readonly string[]): FlowFilter[] {
  return values.flatMap((value) => {
    try {
      return splitJsonObjects(value).map(filterFromJson);
    } catch (thrown) {
      throw new NetwatchError('usage', `invalid --${flag} flag: failed to decode '${value}': ${messageOf(thrown)}`);
    }
  });
}

/** Allow and deny filters from the filter flags, in the order they were given: `--not` turns the next one around. */
function readFilterFlags(flags: ParsedFlags): { readonly allow: FilterList; readonly deny: FilterList } {
  const allow = new FilterList();
  const deny = new FilterList();
  let negated = false;
  for (const { flag, value } of flags.occurrences) {
    if (!isFilterFlag(flag)) continue;
    if (flag.action.kind === 'not') {
      if (negated) throw new NetwatchError('usage', 'consecutive --not statements');
      negated = true;
    } else {
      (negated ? deny : allow).add(flag, value);
      negated = false;
    }
  }
  if (negated) throw new NetwatchError('usage', 'trailing --not found in the arguments');
  return { allow, deny };
}

/** How many flows, from which end. */
function readNumber(flags: ParsedFlags): { readonly number: bigint; readonly first: boolean } {
  const first = flags.count('first') ?? 0n;
  const last = flags.count('last') ?? 0n;
  const all = flags.isOn('all');
  const follow = flags.isOn('follow');
  if (first > 0n && last > 0n) refuseBoth('first', 'last');
  if (first > 0n && all) refuseBoth('first', 'all');
  if (first > 0n && follow) refuseBoth('first', 'follow');
  if (last > 0n && all) refuseBoth('last', 'all');
  if (first > 0n) return { number: first, first: true };
  const dated = flags.has('since') || (flags.has('until') && !follow);
  if (dated) return { number: last, first: false };
  if (all) return { number: EVERYTHING, first: false };
  const unlimited = follow || flags.has('input-file');
  return { number: last === 0n && !unlimited ? DEFAULT_COUNT : last, first: false };
}

/**
 * The request of an `observe` command line, by Hubble's rules: the last 20 flows unless told otherwise, every flow of
 * a file, no history with `--follow` alone. Filters are compiled once here, so that a bad value fails before anything
 * is opened. Throws `NetwatchError('usage')`.
 */
export function buildFlowsRequest(flags: ParsedFlags, nowMs: number): FlowsRequest {
  const { allow, deny } = readFilterFlags(flags);
  const { number, first } = readNumber(flags);
  const follow = flags.isOn('follow');
  const since = flags.text('since');
  const until = follow ? undefined : flags.text('until');
  const whitelist = [...allow.filters(), ...readRawFilters('allowlist', flags.all('allowlist'))];
  const blacklist = [...deny.filters(), ...readRawFilters('denylist', flags.all('denylist'))];
  const checkable = (filters: readonly FlowFilter[]) => filters.map(({ experimental: _, ...rest }) => rest);
  compileFilters({ allow: checkable(whitelist), deny: checkable(blacklist) });
  return {
    ...(number > 0n && { number: number <= Number.MAX_SAFE_INTEGER ? Number(number) : number }),
    ...(follow && { follow }),
    ...(blacklist.length > 0 && { blacklist }),
    ...(whitelist.length > 0 && { whitelist }),
    ...(since !== undefined && { since: parseTimeInput('since', since, nowMs) }),
    ...(until !== undefined && { until: parseTimeInput('until', until, nowMs) }),
    ...(first && { first }),
  };
}
