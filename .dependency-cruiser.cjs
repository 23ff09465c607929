/** Which room may import which. ARCHITECTURE.md has the same table; the rest is forbidden. */
const rooms = {
  base: [],
  flow: ['base'],
  wire: ['flow', 'base'],
  capture: ['flow', 'base'],
  kube: ['flow', 'base'],
  lab: ['flow', 'base'],
  tui: ['flow', 'base'],
  client: ['wire', 'flow', 'base'],
  record: ['wire', 'flow', 'base'],
  hub: ['client', 'wire', 'flow', 'base'],
  relay: ['capture', 'kube', 'wire', 'flow', 'base'],
  cli: ['base', 'flow', 'wire', 'capture', 'kube', 'lab', 'tui', 'client', 'record', 'hub', 'relay'],
};
const layers = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));
const owned = (name, packages, owners) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${owners.join('|')})/` },
  to: { path: `node_modules/(${packages.join('|')})(/|$)` },
});

module.exports = {
  forbidden: [
    ...layers,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'flow-is-pure', severity: 'error', from: { path: '^src/flow/' }, to: { dependencyTypes: ['core'] } },
    owned('ink-only-in-tui', ['ink', 'react'], ['tui']),
    owned('grpc-only-at-the-edge', ['@grpc'], ['wire', 'client', 'relay', 'hub']),
    owned('kubernetes-only-in-kube', ['@kubernetes'], ['kube']),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
