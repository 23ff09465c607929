import { filterToJson } from '../flow/format/json.ts';
import type { FlowFilter } from '../flow/gen/flow.ts';
import type { FlowsRequest } from '../flow/source.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function listYaml(name: string, filters: readonly FlowFilter[] = []): string {
  if (filters.length === 0) return '';
  return `${name}:\n${filters.map((filter) => `    - ${quote(filterToJson(filter))}\n`).join('')}`;
}

/** The filters of a request as YAML, for `--print-raw-filters`: a configuration file of Hubble's takes it. */
export function rawFiltersYaml({ whitelist, blacklist }: FlowsRequest): string {
  return listYaml('allowlist', whitelist) + listYaml('denylist', blacklist) || '{}\n';
}
