import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounts } from '../../../src/capture/counts.ts';
import { DnsExchanges } from '../../../src/capture/dns-exchanges.ts';
import { HttpExchanges } from '../../../src/capture/http-exchanges.ts';

const at = (ns: number) => ({ high: Math.floor(ns / 2 ** 32), low: ns % 2 ** 32 });

test('HTTP requests that wait are bounded, and the oldest leaves', () => {
  const counts = createCounts();
  const exchanges = new HttpExchanges(counts, 2);
  for (const socket of [1, 2, 3])
    exchanges.request(socket, { ordinal: 1, method: 'GET', url: `/${socket}`, time: at(0) });
  assert.equal(counts.httpEvicted, 1);
  assert.equal(exchanges.response(1, 1, at(9)), undefined);
  assert.deepEqual(exchanges.response(3, 1, at(9)), { method: 'GET', url: '/3', latencyNs: 9 });
});

test('an HTTP response pairs once, and not after its socket closed', () => {
  const exchanges = new HttpExchanges(createCounts());
  exchanges.request(5n, { ordinal: 1, method: 'GET', url: '/', time: at(0) });
  assert.notEqual(exchanges.response(5n, 1, at(1)), undefined);
  assert.equal(exchanges.response(5n, 1, at(2)), undefined);
  exchanges.request(5n, { ordinal: 2, method: 'GET', url: '/', time: at(0) });
  exchanges.forget(5n);
  assert.equal(exchanges.response(5n, 2, at(3)), undefined);
});

test('an uncertain ordinal pairs with nothing', () => {
  const exchanges = new HttpExchanges(createCounts());
  exchanges.request(1, { ordinal: 0, method: 'GET', url: '/', time: at(0) });
  assert.equal(exchanges.response(1, 0, at(1)), undefined);
});

test('a repeated DNS query keeps the time of the first', () => {
  const exchanges = new DnsExchanges(createCounts());
  exchanges.query('k', at(10));
  exchanges.query('k', at(20));
  assert.equal(exchanges.response('k', at(5_000_000_010)), 5_000_000_000);
});

test('DNS queries that wait are bounded and expire, each counted', () => {
  const counts = createCounts();
  const exchanges = new DnsExchanges(counts, 2);
  for (const key of ['a', 'b', 'c']) exchanges.query(key, at(0));
  exchanges.expire(at(9e9));
  assert.deepEqual([counts.dnsEvicted, counts.dnsUnanswered], [1, 0]);
  exchanges.expire(at(11e9));
  assert.equal(counts.dnsUnanswered, 2);
  assert.equal(exchanges.response('c', at(12e9)), undefined);
});
