import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinLedgers, LedgerCounter, sumCounts } from '../../../src/lab/ledger.ts';

function countOne(client: string): LedgerCounter {
  const counter = new LedgerCounter(client);
  counter.queries.add({ name: 'b', transport: 'udp', rcode: 'NOERROR' });
  counter.queries.add({ name: 'a', transport: 'udp', rcode: 'NXDOMAIN' });
  counter.queries.add({ name: 'b', transport: 'udp', rcode: 'NOERROR' });
  return counter;
}

test('the same thing twice is one entry with its count', () => {
  assert.deepEqual(countOne('pod').read(), {
    requests: [],
    queries: [
      { client: 'pod', name: 'a', transport: 'udp', rcode: 'NXDOMAIN', count: 1 },
      { client: 'pod', name: 'b', transport: 'udp', rcode: 'NOERROR', count: 2 },
    ],
    connects: [],
    failures: [],
  });
});

test('a ledger that was read does not change', () => {
  const counter = countOne('pod');
  const before = counter.read();
  counter.queries.add({ name: 'b', transport: 'udp', rcode: 'NOERROR' });
  assert.equal(
    sumCounts(before.queries, () => true),
    3,
  );
  assert.equal(
    sumCounts(counter.read().queries, ({ name }) => name === 'b'),
    3,
  );
});

test('joined ledgers keep every count', () => {
  const { queries } = joinLedgers([countOne('x').read(), countOne('y').read()]);
  assert.equal(queries.length, 4);
  assert.equal(
    sumCounts(queries, ({ client }) => client === 'y'),
    3,
  );
});
