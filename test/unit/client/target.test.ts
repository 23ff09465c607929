import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRelay } from '../../../src/client/client.ts';
import { parseTarget } from '../../../src/client/target.ts';

test('targets are unix sockets or host:port', () => {
  assert.deepEqual(parseTarget('unix:///run/netwatch.sock'), { kind: 'unix', path: '/run/netwatch.sock' });
  assert.deepEqual(parseTarget('localhost:4245'), { kind: 'tcp', host: 'localhost', port: 4245 });
  assert.throws(() => parseTarget('localhost'), { code: 'usage' });
});

test('TLS is refused, not ignored', () => {
  assert.throws(() => parseTarget('tls://relay:4245'), { code: 'unsupported', hint: /unix socket/ });
});

test('an unknown transport is a usage error', async () => {
  const client = connectRelay('localhost:1', { transport: 'carrier-pigeon' as 'http2' });
  const flows = client.flows({}, new AbortController().signal)[Symbol.asyncIterator]();
  await assert.rejects(flows.next(), { code: 'usage', message: /carrier-pigeon/ });
});
