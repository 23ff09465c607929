import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeMessage,
  encodeQuery,
  encodeResponse,
  QTYPE_A,
  QTYPE_AAAA,
  RCODES,
} from '../../../src/lab/dns-message.ts';
import { answerQuery } from '../../../src/lab/dns-server.ts';

const zone = { port: 53, zone: 'cluster.local', names: { 'store.shop.svc.cluster.local': '10.96.0.14' } };

function ask(name: string, type = QTYPE_A): ReturnType<typeof decodeMessage> {
  return decodeMessage(answerQuery(encodeQuery(9, name, type), zone) ?? Buffer.alloc(0));
}

test('a query is the bytes of RFC 1035', () => {
  const expected = '12340100000100000000000001610262630000010001';
  assert.equal(encodeQuery(0x1234, 'a.bc', QTYPE_A).toString('hex'), expected);
});

test('a query decodes to its question', () => {
  assert.deepEqual(decodeMessage(encodeQuery(77, 'Store.Shop', QTYPE_AAAA)), {
    id: 77,
    response: false,
    truncated: false,
    rcode: 0,
    question: { name: 'store.shop', type: QTYPE_AAAA },
    addresses: [],
  });
});

test('a response carries the question, the code and the addresses', () => {
  const query = decodeMessage(encodeQuery(7, 'a.b', QTYPE_A));
  assert.ok(query !== undefined);
  const answer = decodeMessage(encodeResponse(query, 'NOERROR', ['10.0.0.1', '192.168.255.3']));
  assert.deepEqual(answer, { ...query, response: true, addresses: ['10.0.0.1', '192.168.255.3'] });
});

test('the server answers names of its zone only', () => {
  const store = ask('store.shop.svc.cluster.local');
  assert.deepEqual([store?.id, store?.rcode, store?.addresses], [9, RCODES.NOERROR, ['10.96.0.14']]);
  const noV6 = ask('store.shop.svc.cluster.local', QTYPE_AAAA);
  assert.deepEqual([noV6?.rcode, noV6?.addresses], [RCODES.NOERROR, []]);
  assert.equal(ask('store.shop.svc.cluster.local', 16)?.rcode, RCODES.NOTIMP);
  assert.equal(ask('redis-cart.shop.svc.cluster.local')?.rcode, RCODES.NXDOMAIN);
  assert.equal(ask('constructor.cluster.local')?.rcode, RCODES.NXDOMAIN);
  assert.equal(ask('example.org')?.rcode, RCODES.REFUSED);
  assert.equal(ask('notcluster.local')?.rcode, RCODES.REFUSED);
});

test('a response is never answered', () => {
  const query = decodeMessage(encodeQuery(7, 'a.b', QTYPE_A));
  assert.ok(query !== undefined);
  assert.equal(answerQuery(encodeResponse(query, 'NOERROR', []), zone), undefined);
});

test('a name that points at itself or ahead is no message', () => {
  const header = Buffer.from('000101000001000000000000', 'hex');
  const tail = Buffer.from('00010001', 'hex');
  for (const pointer of ['c00c', 'c00e', 'cfff', '0161c00c']) {
    assert.equal(decodeMessage(Buffer.concat([header, Buffer.from(pointer, 'hex'), tail])), undefined, pointer);
  }
});

test('a message cut short anywhere is no message', () => {
  const query = decodeMessage(encodeQuery(7, 'a.b', QTYPE_A));
  assert.ok(query !== undefined);
  const whole = encodeResponse(query, 'NOERROR', ['10.0.0.1']);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(decodeMessage(whole.subarray(0, length)), undefined, `${length} bytes`);
  }
});

test('random bytes, alone or inside a message, never throw', () => {
  const header = fc.constant(Buffer.from('000181800001000400000000', 'hex'));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.tuple(header, fc.uint8Array({ maxLength: 300 })).map((parts) => Buffer.concat(parts)),
    // Mostly pointers, which is where decoders loop.
    fc
      .array(fc.constantFrom(0xc0, 0x0c, 0x0d, 0, 1, 0xff), { maxLength: 200 })
      .map((tail) => Buffer.from([0, 1, 0, 0, 0, 1, 0, 9, 0, 0, 0, 0, ...tail])),
  );
  fc.assert(
    fc.property(bytes, (message) => {
      const decoded = decodeMessage(message);
      assert.ok((decoded?.question?.name.length ?? 0) <= 255);
      assert.ok((decoded?.addresses.length ?? 0) <= 64);
      answerQuery(message, zone);
    }),
    { numRuns: 2000 },
  );
});

test('any name of proper labels survives', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 10 }), fc.nat(0xffff), (labels, id) => {
      const name = labels.join('.');
      assert.deepEqual(decodeMessage(encodeQuery(id, name, QTYPE_A))?.question, { name, type: QTYPE_A });
    }),
  );
});
