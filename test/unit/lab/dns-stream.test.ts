import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readFrames, writeFrame } from '../../../src/lab/dns-stream.ts';

test('messages arrive whole, however the stream is cut', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const messages = [Buffer.from('first'), Buffer.alloc(0), Buffer.alloc(65_535, 7), Buffer.from('last')];
  const received: Buffer[] = [];
  readFrames(socket, (message) => received.push(Buffer.from(message)));
  const bytes = Buffer.concat(messages.map(writeFrame));
  for (const cut of [1, 2, 3, 8, 9, 10, 40_000, bytes.length]) {
    client.write(bytes.subarray(client.bytesWritten, cut));
    await turn();
  }
  client.end();
  await once(socket, 'end');
  assert.deepEqual(received, messages);
});
