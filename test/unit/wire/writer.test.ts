import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../../src/flow/gen/flow.ts';
import { decodeFlow, encodeEndpoint, encodeFlow, encodeIP } from '../../../src/wire/gen/flow.ts';
import { decodeGetFlowsRequest, encodeGetFlowsRequest } from '../../../src/wire/gen/observer.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/message.ts';
import { Writer } from '../../../src/wire/writer.ts';

const uint64 = (value: number | bigint) => {
  const writer = new Writer();
  writer.uint64(value);
  return Buffer.from(writer.finish()).toString('hex');
};

test('64-bit integers are exact as numbers and as bigints', () => {
  assert.equal(uint64(2n ** 64n - 1n), 'ffffffffffffffffff01');
  assert.equal(uint64(-1), 'ffffffffffffffffff01');
  assert.equal(uint64(2 ** 53 - 1), 'ffffffffffffff0f');
  assert.equal(uint64(5n), uint64(5));
  assert.throws(() => uint64(2 ** 53), { code: 'internal', message: /not an exact 64-bit integer/ });
  assert.throws(() => uint64(1.5), { code: 'internal' });
});

test('the number of --all survives', () => {
  const request = { number: 2n ** 64n - 1n };
  assert.deepEqual(decodeMessage(decodeGetFlowsRequest, encodeMessage(encodeGetFlowsRequest, request)), request);
});

test('half a surrogate pair is written as U+FFFD', () => {
  const bytes = encodeMessage(encodeIP, { source: '\ud800x' });
  assert.equal(Buffer.from(bytes).toString('hex'), '0a04efbfbd78');
});

test('strings of every length and script have the right length prefix', () => {
  for (const text of [
    '',
    'a',
    'é',
    'x'.repeat(48),
    'x'.repeat(49),
    `${'x'.repeat(40)}é`,
    '日'.repeat(100),
    'y'.repeat(20_000),
  ]) {
    const source = decodeMessage(decodeFlow, encodeMessage(encodeFlow, { ip: { source: text } })).ip?.source ?? '';
    assert.equal(source, text);
  }
});

test('a small buffer grows and keeps what is in it', () => {
  const writer = new Writer({ capacity: 4 });
  const labels = Array.from({ length: 500 }, (_, i) => `k8s:label-${i}=value`);
  encodeFlow(writer, { source: { labels }, destination: { labels } });
  assert.deepEqual(decodeMessage(decodeFlow, writer.finish()).destination?.labels, labels);
});

test('an endpoint is encoded once and copied from then on', () => {
  const writer = new Writer();
  let reads = 0;
  const endpoint: Endpoint = {
    get podName() {
      reads++;
      return 'pod-1';
    },
  };
  encodeFlow(writer, { source: endpoint });
  const [first, readsOnce] = [Buffer.from(writer.finish()), reads];
  writer.reset();
  encodeFlow(writer, { source: endpoint });
  assert.deepEqual(Buffer.from(writer.finish()), first);
  assert.equal(reads, readsOnce);
  assert.deepEqual(encodeMessage(encodeEndpoint, endpoint), new Uint8Array(first.subarray(2)));
});

test('false in a wrapper is written, zero in a plain field is not', () => {
  assert.equal(
    Buffer.from(encodeMessage(encodeFlow, { isReply: false, verdict: 0, uuid: '' })).toString('hex'),
    'd20100',
  );
});
