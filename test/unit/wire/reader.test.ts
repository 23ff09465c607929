import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeEndpoint, decodeFlow, decodeFlowFilter, decodeIP, decodeLayer4 } from '../../../src/wire/gen/flow.ts';
import { decodeGetFlowsRequest } from '../../../src/wire/gen/observer.ts';
import { decodeMessage } from '../../../src/wire/message.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { decodeTimestamp } from '../../../src/wire/well-known.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const fails = (decode: () => unknown, message: RegExp) => assert.throws(decode, { code: 'protocol', message });

describe('numbers', () => {
  const uint64 = (text: string) => new Reader(hex(text)).uint64();
  test('below 2^53 are numbers, above are bigints, none is rounded', () => {
    assert.equal(uint64('ff ff ff ff ff ff ff 0f'), Number.MAX_SAFE_INTEGER);
    assert.equal(uint64('80 80 80 80 80 80 80 10'), 2n ** 53n);
    assert.equal(uint64('ff ff ff ff ff ff ff ff ff 01'), 2n ** 64n - 1n);
  });
  test('a negative 32-bit value takes ten bytes', () => {
    assert.equal(new Reader(hex('ff ff ff ff ff ff ff ff ff 01')).int32(), -1);
  });
  test('an overlong varint fails', () => {
    fails(() => uint64('ff ff ff ff ff ff ff ff ff ff 01'), /varint longer/);
    fails(() => new Reader(hex('ff ff ff ff ff ff ff ff ff ff 01')).uint32(), /varint longer/);
    fails(() => uint64('ff ff'), /cut short/);
  });
  test('a repeated number is read packed and one by one, even mixed', () => {
    assert.deepEqual(decodeMessage(decodeFlowFilter, hex('28 01 2a 02 02 03 28 04')), { verdict: [1, 2, 3, 4] });
  });
});

describe('messages', () => {
  test('unknown fields of every wire type are skipped', () => {
    const bytes = hex('0a 01 61  f8 07 05  f9 07 0000000000000000  fd 07 00000000  fa 07 02 0000  12 01 62');
    assert.deepEqual(decodeMessage(decodeIP, bytes), { source: 'a', destination: 'b' });
  });
  test('a field with another wire type than the schema has is unknown', () => {
    assert.deepEqual(decodeMessage(decodeIP, hex('08 05 12 01 62')), { destination: 'b' });
  });
  test('groups are skipped as a whole, up to 32 deep', () => {
    assert.deepEqual(decodeMessage(decodeIP, hex('9b 06 0a 01 61 9c 06 12 01 62')), { destination: 'b' });
    fails(() => decodeMessage(decodeIP, hex('9b06'.repeat(40))), /nested too deep/);
    fails(() => decodeMessage(decodeIP, hex('9b 06 a4 06')), /did not begin/);
  });
  test('a nested message that comes twice is merged', () => {
    assert.deepEqual(decodeMessage(decodeFlow, hex('2a 03 0a 01 61 2a 03 12 01 62')), {
      ip: { source: 'a', destination: 'b' },
    });
  });
  test('merging an endpoint leaves an equal one of another flow alone', () => {
    const endpoint = '1a 02 6e 73 22 01 61';
    const first = decodeMessage(decodeFlow, hex(`42 07 ${endpoint}`));
    const merged = decodeMessage(decodeFlow, hex(`42 07 ${endpoint} 42 03 22 01 62`));
    assert.deepEqual(merged.source, { namespace: 'ns', labels: ['a', 'b'] });
    assert.deepEqual(first.source, { namespace: 'ns', labels: ['a'] });
    assert.deepEqual(decodeMessage(decodeEndpoint, hex(endpoint)), first.source);
  });
  test('equal endpoints of two flows are one object', () => {
    const bytes = hex('42 07 1a 02 6e 73 22 01 63');
    assert.equal(decodeMessage(decodeFlow, bytes).source, decodeMessage(decodeFlow, bytes).source);
  });
  test('of a oneof the last field counts', () => {
    assert.deepEqual(decodeMessage(decodeLayer4, hex('0a 02 08 01 12 02 08 02')), { udp: { sourcePort: 2 } });
    assert.deepEqual(decodeMessage(decodeFlow, hex('32 04 0a 02 08 01 32 04 12 02 08 02')), {
      l4: { udp: { sourcePort: 2 } },
    });
  });
  test('lengths that pass the end, field number 0 and unknown wire types fail', () => {
    fails(() => decodeMessage(decodeIP, hex('0a 05 61')), /passes the end/);
    fails(() => decodeMessage(decodeFlow, hex('2a 03 0a 05 61 62 63 64')), /passes the end/);
    fails(() => decodeMessage(decodeIP, hex('02 00')), /field number 0/);
    fails(() => decodeMessage(decodeIP, hex('ff 07')), /wire type 7/);
  });
  test('a varint may not reach past its own message', () => {
    fails(() => decodeMessage(decodeFlow, hex('2a 02 18 80 01')), /cut short/);
  });
  test('a length of 4 GiB allocates nothing', () => {
    fails(() => decodeMessage(decodeGetFlowsRequest, hex('2a ff ff ff ff 0f')), /passes the end/);
  });
});

describe('well-known types', () => {
  test('times outside the years 1 to 9999 fail', () => {
    fails(() => decodeMessage(decodeTimestamp, hex('08 80 80 80 80 80 80 80 80 40')), /out of range/);
    fails(() => decodeMessage(decodeTimestamp, hex('10 80 94 eb dc 03')), /out of range/);
    assert.deepEqual(decodeMessage(decodeTimestamp, hex('08 01 10 02')), { seconds: 1, nanos: 2 });
  });
  test('a wrapper that is there but empty is the zero value', () => {
    assert.deepEqual(decodeMessage(decodeFlow, hex('d2 01 00')), { isReply: false });
  });
});

describe('strings', () => {
  test('invalid UTF-8 becomes U+FFFD', () => {
    assert.deepEqual(decodeMessage(decodeIP, hex('0a 02 61 ff')), { source: 'a\ufffd' });
  });
  test('that share a slot of the cache stay apart', () => {
    const seen = new Map<string, string>();
    for (let i = 0; i < 20_000; i++) {
      const text = `name-${i}`;
      const bytes = Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
      seen.set(text, decodeMessage(decodeIP, bytes).source ?? '');
    }
    for (const [wanted, read] of seen) assert.equal(read, wanted);
  });
});
