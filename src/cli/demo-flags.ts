import { FILTER_FLAGS } from './filter-flags.ts';
import { OBSERVE_FLAGS } from './observe-flags.ts';
import type { Flag } from './options.ts';

const LAB = 'The shop';
/** Of `observe`, how to print; a demo decides by itself where flows come from and which ones. */
const PRINTING = new Set(OBSERVE_FLAGS.filter(({ group }) => group === 'Output').map(({ name }) => name));

/** The flag table of `netwatch demo`. */
export const DEMO_FLAGS: readonly Flag[] = [
  { name: 'scenario', value: 'NAME', help: 'What goes wrong in it; --scenario list shows them all', group: LAB },
  { name: 'seed', value: 'N', help: 'Other requests in another order (1 unless given)', group: LAB },
  { name: 'rate', value: 'X', help: 'Traffic relative to normal: 0.5 is half of it', group: LAB },
  { name: 'for', value: 'DURATION', help: 'End after that long (12s, 5m) instead of with ctrl-C', group: LAB },
  { name: 'listen', value: 'ADDRESS', help: 'Where to serve the flows (unix:///run/netwatch/demo.sock)', group: LAB },
  { name: 'ledger', value: 'FILE', help: 'At the end, write what the pods really sent, as JSON', group: LAB },
  ...FILTER_FLAGS,
  ...OBSERVE_FLAGS.filter(({ name }) => PRINTING.has(name)),
];
