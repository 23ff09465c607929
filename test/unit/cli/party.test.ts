import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OBSERVE_FLAGS } from '../../../src/cli/observe-flags.ts';
import { buildFlowsRequest } from '../../../src/cli/observe-request.ts';
import { parseFlags } from '../../../src/cli/options.ts';
import { compileFilters } from '../../../src/flow/filter/index.ts';
import type { Endpoint, Flow } from '../../../src/flow/gen/flow.ts';

/** The decision of a command line's filters, as a server makes it. */
function decide(argv: string): (flow: Flow) => boolean {
  const { whitelist, blacklist } = buildFlowsRequest(parseFlags(OBSERVE_FLAGS, argv.split(' '), {}), 0);
  return compileFilters({ allow: whitelist, deny: blacklist });
}
const from = (source: Endpoint, rest: Flow = {}): Flow => ({ source, ...rest });
const FRONT: Endpoint = {
  namespace: 'shop',
  podName: 'frontend-7d9f-x',
  labels: ['k8s:app=web'],
  workloads: [{ name: 'frontend' }],
};

const ROWS: readonly (readonly [string, readonly Flow[], readonly Flow[]])[] = [
  ['--from frontend', [from(FRONT), from({ workloads: [{ name: 'frontend' }] })], [{ destination: FRONT }, {}]],
  ['--from shop/frontend', [from(FRONT)], [from({ ...FRONT, namespace: 'other' })]],
  ['--from web', [from(FRONT)], [from({ ...FRONT, labels: ['k8s:app=webs'] })]],
  ['--from shop', [from(FRONT)], [from({ namespace: 'shopping', podName: 'x' })]],
  [
    '--from shop/',
    [from(FRONT), { sourceService: { namespace: 'shop', name: 'x' } }],
    [from({ namespace: 'x', podName: 'shop' })],
  ],
  ['--from /frontend', [from(FRONT)], [from({ namespace: 'frontend', podName: 'x' })]],
  [
    '--from cart',
    [{ sourceService: { namespace: 'shop', name: 'cart' } }],
    [{ destinationService: { namespace: 'shop', name: 'cart' } }],
  ],
  ['--to swapi.dev', [{ destinationNames: ['swapi.dev'] }], [{ sourceNames: ['swapi.dev'] }]],
  ['--to *.dev', [{ destinationNames: ['swapi.dev'] }], [{ destinationNames: ['dev'] }]],
  ['--to 10.0.0.0/8', [{ ip: { destination: '10.1.1.1' } }], [{ ip: { source: '10.1.1.1' } }]],
  ['--to fd00::1', [{ ip: { destination: 'fd00::1' } }], [{ ip: { destination: 'fd00::2' } }]],
  ['--with frontend', [from(FRONT), { destination: FRONT }], [{}]],
  ['--from frontend --to cart', [from(FRONT, { destinationService: { namespace: 'a', name: 'cart' } })], [from(FRONT)]],
  ['--from frontend --from swapi.dev', [from(FRONT), { sourceNames: ['swapi.dev'] }], [{}]],
  ['--from frontend -n shop', [from(FRONT)], [from({ ...FRONT, namespace: 'other' })]],
  ['--from frontend --verdict DROPPED', [from(FRONT, { verdict: 2 })], [from(FRONT), { verdict: 2 }]],
  ['--with frontend --port 80', [from(FRONT, { l4: { tcp: { destinationPort: 80 } } })], [from(FRONT)]],
  ['--not --from frontend', [{}, { destination: FRONT }], [from(FRONT)]],
];
for (const [argv, matches, misses] of ROWS) {
  test(argv, () => {
    const decides = decide(argv);
    for (const flow of matches) assert.equal(decides(flow), true, JSON.stringify(flow));
    for (const flow of misses) assert.equal(decides(flow), false, JSON.stringify(flow));
  });
}

test('what cannot be anybody is refused', () => {
  for (const who of ['', '/'])
    assert.throws(() => decide(`--from=${who}`), { code: 'usage', message: /expected a name, an address/ });
  assert.throws(() => decide('--from 10.0.0.0/99'), { code: 'usage', message: /prefix length out of range/ });
});
