/** Compiled filters decide as the plainest possible reading of their definition does. */
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockContains, parseAddress, parseBlock } from '../../../../src/flow/filter/address.ts';
import { matchesGlob } from '../../../../src/flow/filter/glob.ts';
import { compileFilters } from '../../../../src/flow/filter/index.ts';
import type { Flow, FlowFilter } from '../../../../src/flow/gen/flow.ts';

const namespaces = fc.constantFrom('default', 'shop', '');
const names = fc.constantFrom('web-1', 'web', 'we', 'cart-0', '');
const flows: fc.Arbitrary<Flow> = fc.record(
  {
    verdict: fc.integer({ min: 0, max: 3 }),
    source: fc.record({ namespace: namespaces, podName: names }),
    l4: fc.record({ tcp: fc.record({ destinationPort: fc.constantFrom(0, 53, 80) }) }),
    ip: fc.record({ source: fc.constantFrom('10.0.0.1', '10.0.1.1', 'fd00::1', '') }),
  },
  { requiredKeys: [] },
);
const filters: fc.Arbitrary<FlowFilter> = fc.record(
  {
    verdict: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    sourcePod: fc.array(fc.constantFrom('web', 'shop/', '/cart', '/', 'shop/we'), { maxLength: 2 }),
    destinationPort: fc.array(fc.constantFrom('0', '53', '80'), { maxLength: 2 }),
    sourceIp: fc.array(fc.constantFrom('10.0.0.1', '10.0.0.0/24', '10.0.0.0/8', 'fd00::/8'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

function podMatches(flow: Flow, pattern: string): boolean {
  const { namespace = '', podName = '' } = flow.source ?? {};
  if (namespace === '' && podName === '') return false;
  const [wanted, prefix] = pattern.includes('/') ? pattern.split('/') : ['default', pattern];
  return (wanted === '' || wanted === namespace) && podName.startsWith(prefix ?? '');
}
const IN: Readonly<Record<string, readonly string[]>> = {
  '10.0.0.1': ['10.0.0.1'],
  '10.0.0.0/24': ['10.0.0.1'],
  '10.0.0.0/8': ['10.0.0.1', '10.0.1.1'],
  'fd00::/8': ['fd00::1'],
};

function reference(flow: Flow, filter: FlowFilter): boolean {
  const any = <T>(values: readonly T[] | undefined, matches: (value: T) => boolean): boolean =>
    values === undefined || values.length === 0 || values.some(matches);
  return (
    any(filter.verdict, (verdict) => (flow.verdict ?? 0) === verdict) &&
    any(filter.sourcePod, (pattern) => podMatches(flow, pattern)) &&
    any(filter.destinationPort, (port) => flow.l4?.tcp !== undefined && flow.l4.tcp.destinationPort === Number(port)) &&
    any(filter.sourceIp, (ip) => IN[ip]?.includes(flow.ip?.source ?? '') ?? false)
  );
}

test('compiled lists agree with the reference', () => {
  const lists = fc.array(filters, { maxLength: 6 });
  fc.assert(
    fc.property(flows, lists, lists, (flow, allow, deny) => {
      const wanted =
        (allow.length === 0 || allow.some((filter) => reference(flow, filter))) &&
        !deny.some((filter) => reference(flow, filter));
      assert.equal(compileFilters({ allow, deny })(flow), wanted);
    }),
    { numRuns: 2000 },
  );
});

test('addresses parse exactly when Node takes them, zones aside', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.stringMatching(/^[0-9a-f:.]{0,24}$/),
    fc.tuple(fc.ipV6(), fc.ipV4()).map(([six, four]) => `${six.slice(0, 12)}${four}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.equal(parseAddress(text)?.length ?? 0, { 0: 0, 4: 1, 6: 4 }[isIP(text)]);
    }),
    { numRuns: 3000 },
  );
});

test('a block holds an address exactly when their leading bits are equal', () => {
  const toBits = (words: readonly number[]): string => words.map((word) => word.toString(2).padStart(32, '0')).join('');
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, address, fc.nat(128), (a, b, bits) => {
      const block = parseBlock(`${a}/${bits}`);
      const words = parseAddress(b);
      assert.ok(words !== undefined);
      if (typeof block === 'string') return assert.ok(bits > 32 && !a.includes(':'), block);
      const wanted =
        block.words.length === words.length && toBits(block.words).slice(0, bits) === toBits(words).slice(0, bits);
      assert.equal(blockContains(block, words), wanted);
      assert.equal(blockContains({ words, bits: Math.min(bits, words.length * 32) }, words), true);
    }),
    { numRuns: 2000 },
  );
});

test('a glob matches exactly what its regular expression matches', () => {
  const globs = fc.stringMatching(/^[ab_.*]{1,8}$/);
  const texts = fc.stringMatching(/^[abA_.]{0,12}$/);
  fc.assert(
    fc.property(globs, texts, (glob, text) => {
      const regex = new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '[-.0-9a-z]*')}$`);
      assert.equal(matchesGlob(glob, text), regex.test(text), `${glob} on ${text}`);
    }),
    { numRuns: 20000 },
  );
});

test('a hostile glob takes no time', () => {
  assert.equal(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(5000)), false);
});
