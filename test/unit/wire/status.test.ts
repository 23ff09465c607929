import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetwatchError } from '../../../src/base/error.ts';
import { formatTimeout, parseTimeout } from '../../../src/wire/deadline.ts';
import {
  decodeStatusMessage,
  encodeStatusMessage,
  RpcCode,
  rpcCodeName,
  rpcError,
  rpcStatusOf,
} from '../../../src/wire/status.ts';

test('a status keeps its code and text as an error and back', () => {
  const error = rpcError(RpcCode.NOT_FOUND, 'no such service');
  assert.equal(error.code, 'protocol');
  assert.deepEqual({ ...rpcStatusOf(error) }, { code: 5, message: 'no such service' });
  assert.equal(rpcError(RpcCode.UNAVAILABLE, '').code, 'unavailable');
  assert.equal(rpcError(RpcCode.INVALID_ARGUMENT, '').code, 'usage');
});

test('any other error has the status of its kind', () => {
  assert.equal(rpcStatusOf(new NetwatchError('unsupported', 'x')).code, RpcCode.UNIMPLEMENTED);
  assert.equal(rpcStatusOf(new TypeError('x')).code, RpcCode.INTERNAL);
});

test('a status message is percent-encoded as gRPC wants', () => {
  assert.equal(encodeStatusMessage('50 % ü\n'), '50 %25 %C3%BC%0A');
  assert.equal(decodeStatusMessage('50 %25 %C3%BC%0A'), '50 % ü\n');
  assert.equal(decodeStatusMessage('50 % %zz %4'), '50 % %zz %4');
});

test('status codes have names', () => {
  assert.equal(rpcCodeName(14), 'UNAVAILABLE');
  assert.equal(rpcCodeName(99), 'code 99');
});

test('timeouts are read in every unit and written in at most eight digits', () => {
  assert.deepEqual(['2H', '3M', '4S', '5m', '6u', '7n'].map(parseTimeout), [7_200_000, 180_000, 4000, 5, 6e-3, 7e-6]);
  for (const text of ['', '5', 'S', '123456789S', '-1S', '1 S', '1D'])
    assert.equal(parseTimeout(text), undefined, text);
  assert.equal(formatTimeout(1500.2), '1501m');
  assert.equal(formatTimeout(200_000_000_000), '99999999S');
  assert.equal(parseTimeout(formatTimeout(12_000)), 12_000);
});
