import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDns, splitDnsOverTcp } from '../../../src/capture/dns.ts';

const name = (...labels: readonly string[]): Buffer =>
  Buffer.concat([...labels.map((l) => Buffer.from([l.length, ...Buffer.from(l)])), Buffer.from([0])]);
const header = (flags: number, answers: number): Buffer =>
  Buffer.from([0x12, 0x34, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0]);
const question = (type: number): Buffer => Buffer.concat([name('shop', 'example'), Buffer.from([0, type, 0, 1])]);
const record = (type: number, ttl: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, ttl, 0, data.length]), data]);
const answer = Buffer.concat([
  header(0x8180, 3),
  question(1),
  record(5, 60, Buffer.concat([Buffer.from([3, 119, 119, 119]), Buffer.from([0xc0, 12])])),
  record(1, 30, Buffer.from([192, 0, 2, 1])),
  record(28, 90, Buffer.from('20010db8000000000000000000000001', 'hex')),
]);

test('a query', () => {
  const message = parseDns(Buffer.concat([header(0x0100, 0), question(28)]));
  assert.deepEqual(
    [message?.id, message?.isResponse, message?.query, message?.qtype],
    [0x1234, false, 'shop.example.', 'AAAA'],
  );
});

test('an answer with an alias and both kinds of address', () => {
  const message = parseDns(answer);
  assert.deepEqual(message?.cnames, ['www.shop.example.']);
  assert.deepEqual(message?.ips, ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(message?.rrtypes, ['CNAME', 'A', 'AAAA']);
  assert.deepEqual([message?.ttl, message?.rcode, message?.isCut], [30, 0, false]);
});

test('NXDOMAIN, and an answer that the slice cut', () => {
  assert.equal(parseDns(Buffer.concat([header(0x8183, 0), question(1)]))?.rcode, 3);
  const cut = parseDns(answer.subarray(0, answer.length - 4));
  assert.deepEqual([cut?.ips, cut?.isCut], [['192.0.2.1'], true]);
});

test('what is no DNS message', () => {
  const loop = Buffer.concat([header(0x0100, 0), Buffer.from([0xc0, 12, 0, 1, 0, 1])]);
  const forward = Buffer.concat([header(0x0100, 0), Buffer.from([0xc0, 14, 0, 0, 1, 0, 1])]);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.alloc(11),
    loop,
    forward,
    Buffer.concat([header(0x2800, 0), question(1)]),
  ])
    assert.equal(parseDns(bytes), undefined);
});

test('a label cannot hide control characters or dots', () => {
  const message = parseDns(Buffer.concat([header(0x0100, 0), name('a.b\x1b', 'c'), Buffer.from([0, 1, 0, 1])]));
  assert.equal(message?.query, 'a\\.b\\027.c.');
});

test('several messages in a segment', () => {
  const query = Buffer.concat([header(0x0100, 0), question(1)]);
  const framed = Buffer.concat([Buffer.from([0, query.length]), query]);
  assert.equal(
    splitDnsOverTcp(Buffer.concat([framed, framed]))
      .map(parseDns)
      .filter(Boolean).length,
    2,
  );
  assert.deepEqual(splitDnsOverTcp(Buffer.from([0, 1, 2])), []);
});
