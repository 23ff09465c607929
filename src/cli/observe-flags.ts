import { TIME_FORMATS } from '../flow/format/index.ts';
import { FILTER_FLAGS } from './filter-flags.ts';
import type { Flag } from './options.ts';

const SELECT = 'Which flows';
const FORMAT = 'Output';
const SOURCE = 'Where from';

/** How this host is watched, for commands that start a capture. */
export const LOOPBACK_FLAG: Flag = {
  name: 'loopback',
  help: 'Watch loopback traffic of this host, too',
  group: SOURCE,
};

/** The flag table of `netwatch observe`. */
export const OBSERVE_FLAGS: readonly Flag[] = [
  {
    name: 'follow',
    short: 'f',
    help: 'Go on with new flows; the live view on a terminal unless -o is given',
    group: SELECT,
  },
  { name: 'last', value: 'N', help: 'The last N flows of a server (20 unless told otherwise)', group: SELECT },
  { name: 'first', value: 'N', help: 'The first N flows', group: SELECT },
  { name: 'all', help: 'Every flow the server holds', group: SELECT },
  {
    name: 'since',
    value: 'TIME',
    help: 'Flows since an age (30s, 5m, 1h43m) or a time (2026-01-02T15:04:05Z and shorter)',
    group: SELECT,
  },
  { name: 'until', value: 'TIME', help: 'Flows until then; ignored with --follow', group: SELECT },
  ...FILTER_FLAGS,
  {
    name: 'allowlist',
    value: 'JSON',
    env: ['HUBBLE_ALLOWLIST'],
    help: 'Flow filters in JSON, added to those of the flags: any may match',
    group: 'Raw filters',
  },
  {
    name: 'denylist',
    value: 'JSON',
    env: ['HUBBLE_DENYLIST'],
    help: 'Flow filters in JSON, added to those after --not: none may match',
    group: 'Raw filters',
  },
  { name: 'print-raw-filters', help: 'Print the filters as YAML and exit', group: 'Raw filters' },
  { name: 'output', short: 'o', value: 'FORMAT', help: 'compact, dict, json, jsonpb or table', group: FORMAT },
  { name: 'time-format', value: 'FORMAT', help: `One of ${Object.keys(TIME_FORMATS).join(', ')}`, group: FORMAT },
  { name: 'local-time', help: 'Times in the local zone instead of UTC', group: FORMAT },
  { name: 'color', value: 'WHEN', help: 'auto, always or never; for compact and dict', group: FORMAT },
  { name: 'print-node-name', help: 'Print the name of the observing node', group: FORMAT },
  { name: 'print-policy-names', help: 'Print which policies allowed or denied a flow', group: FORMAT },
  { name: 'numeric', help: 'Addresses instead of names', group: FORMAT },
  { name: 'ip-translation', help: 'Names instead of addresses where they are known (on unless =false)', group: FORMAT },
  { name: 'silent-errors', short: 's', help: 'Say nothing about nodes that are unavailable', group: FORMAT },
  { name: 'debug', short: 'D', help: 'Also say which nodes flows come from', group: FORMAT },
  {
    name: 'server',
    value: 'ADDRESS',
    env: ['NETWATCH_SERVER', 'HUBBLE_SERVER'],
    help: 'A relay, hub or Hubble server: host:port or unix:///path; without one, this host from now on (as root)',
    group: SOURCE,
  },
  LOOPBACK_FLAG,
  {
    name: 'input-file',
    value: 'FILE',
    help: 'Flows from a file of JSON lines instead; - is standard input',
    group: SOURCE,
  },
];
