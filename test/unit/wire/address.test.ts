import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, isLocalAddress, parseAddress } from '../../../src/wire/address.ts';

test('unix sockets and host:port are addresses', () => {
  assert.deepEqual(parseAddress('unix:///run/a.sock'), { kind: 'unix', path: '/run/a.sock' });
  assert.deepEqual(parseAddress('unix:a.sock'), { kind: 'unix', path: 'a.sock' });
  assert.deepEqual(parseAddress('localhost:4245'), { kind: 'tcp', host: 'localhost', port: 4245 });
  assert.deepEqual(parseAddress('[::1]:1'), { kind: 'tcp', host: '::1', port: 1 });
});

test('an address is written as it is read', () => {
  for (const text of ['unix:///run/a.sock', '127.0.0.1:4245', '[::1]:1']) {
    assert.equal(formatAddress(parseAddress(text)), text);
  }
});

test('anything else is a usage error with a hint', () => {
  const long = `unix:///${'x'.repeat(120)}`;
  for (const text of ['', 'localhost', ':4245', 'host:99999', '::1:4245', '[host]:1', 'unix://', 'http://a:1', long]) {
    assert.throws(() => parseAddress(text), { code: 'usage', hint: /./ }, text);
  }
});

test('only unix sockets and loopback are local', () => {
  for (const text of ['unix:///a', '127.0.0.1:1', '127.8.0.1:1', '[::1]:1', 'localhost:1']) {
    assert.equal(isLocalAddress(parseAddress(text)), true, text);
  }
  for (const text of ['0.0.0.0:1', '[::]:1', '10.0.0.1:1', '127.example.com:1']) {
    assert.equal(isLocalAddress(parseAddress(text)), false, text);
  }
});
