import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAddress } from '../../../src/wire/address.ts';
import { callStream } from '../../../src/wire/client-call.ts';
import { frameMessage } from '../../../src/wire/framing.ts';
import type { Reader } from '../../../src/wire/reader.ts';
import { type GrpcServer, type Route, serveGrpc } from '../../../src/wire/server.ts';
import { RpcCode, rpcError } from '../../../src/wire/status.ts';

const directory = mkdtempSync(join(tmpdir(), 'netwatch-server-'));
after(() => rmSync(directory, { recursive: true }));
let sockets = 0;
const socketPath = () => join(directory, `${++sockets}.sock`);

const rest = (r: Reader): string => {
  const text = r.buffer.toString('utf8', r.pos, r.end);
  r.pos = r.end;
  return text;
};
const text = (value: string) => new TextEncoder().encode(value);

/** What the handlers below saw. */
const seen: { reason?: unknown; closed?: boolean } = {};
const routes: Readonly<Record<string, Route>> = {
  '/t.T/Echo': { kind: 'unary', answer: ({ request }) => request },
  '/t.T/Fail': {
    kind: 'unary',
    answer: () => {
      throw rpcError(RpcCode.NOT_FOUND, 'größer als 100 %');
    },
  },
  '/t.T/Sleep': {
    kind: 'unary',
    answer: async ({ signal }) => {
      await delay(60_000, undefined, { signal }).catch(() => undefined);
      return text('late');
    },
  },
  '/t.T/Count': {
    kind: 'stream',
    async *answer({ request }) {
      for (let i = 0; i < Number(Buffer.from(request).toString()); i++) yield frameMessage(text(String(i)));
    },
  },
  '/t.T/Bulk': {
    kind: 'stream',
    async *answer({ request }) {
      for (let i = 0; i < Number(Buffer.from(request).toString()); i++) yield frameMessage(new Uint8Array(1000));
    },
  },
  '/t.T/Hang': {
    kind: 'stream',
    async *answer({ signal }) {
      try {
        yield frameMessage(text('first'));
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        seen.reason = signal.reason;
      } finally {
        seen.closed = true;
      }
    },
  },
};

async function withServer(use: (address: string, server: GrpcServer) => Promise<void>): Promise<void> {
  const listen = [`unix://${socketPath()}`];
  const server = await serveGrpc({ routes, listen, headers: { 'x-version': '1' }, maxRequestBytes: 1000 });
  try {
    await use(server.addresses[0] ?? '', server);
  } finally {
    await server.stop();
  }
}

interface Raw {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}
/** Response headers, trailers and body of one hand-made request. */
async function request(address: string, path: string, { headers = {}, body = frameMessage(text('x')) }: Raw = {}) {
  const target = parseAddress(address);
  const session = connectHttp2('http://localhost', {
    createConnection: () => connect(target.kind === 'unix' ? { path: target.path } : target),
  });
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.end(body);
  const chunks: Buffer[] = [];
  let response: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  stream.on('response', (h) => {
    response = h;
  });
  stream.on('trailers', (h) => {
    trailers = h;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => stream.once('close', resolve));
  session.destroy();
  return {
    response,
    trailers,
    status: (trailers['grpc-status'] ?? response['grpc-status']) as string,
    body: Buffer.concat(chunks),
  };
}

async function readAll(address: string, path: string, ask: string, signal = new AbortController().signal) {
  const call = { address: parseAddress(address), path, request: text(ask), decode: rest, signal };
  const messages: string[] = [];
  for await (const batch of callStream(call)) messages.push(...batch);
  return messages;
}

describe('a call', () => {
  test('with one answer gets it, with headers before and the status after', () =>
    withServer(async (address) => {
      const { response, status, body } = await request(address, '/t.T/Echo', { body: frameMessage(text('hello')) });
      assert.equal(response[':status'], 200);
      assert.equal(response['content-type'], 'application/grpc');
      assert.equal(response['x-version'], '1');
      assert.equal(status, '0');
      assert.deepEqual(body, frameMessage(text('hello')));
    }));

  test('that fails ends with the code and the percent-encoded text', () =>
    withServer(async (address) => {
      const { response, status } = await request(address, '/t.T/Fail');
      assert.equal(status, '5');
      assert.equal(response['grpc-message'], 'gr%C3%B6%C3%9Fer als 100 %25');
    }));

  test('of an unknown method is UNIMPLEMENTED', () =>
    withServer(async (address) => {
      assert.equal((await request(address, '/t.T/Nope')).status, '12');
      assert.equal((await request(address, '/constructor')).status, '12');
    }));

  test('that is not gRPC is answered with HTTP 415', () =>
    withServer(async (address) => {
      const { response, status } = await request(address, '/t.T/Echo', { headers: { 'content-type': 'text/html' } });
      assert.equal(response[':status'], 415);
      assert.equal(status, undefined);
    }));

  test('that is compressed is UNIMPLEMENTED, by its header and by its flag', () =>
    withServer(async (address) => {
      const gzip = await request(address, '/t.T/Echo', { headers: { 'grpc-encoding': 'gzip' } });
      assert.equal(gzip.status, '12');
      assert.equal(gzip.response['grpc-accept-encoding'], 'identity');
      const flagged = Buffer.from(frameMessage(text('x')));
      flagged[0] = 1;
      assert.equal((await request(address, '/t.T/Echo', { body: flagged })).status, '12');
      const identity = await request(address, '/t.T/Echo', { headers: { 'grpc-encoding': 'identity' } });
      assert.equal(identity.status, '0');
    }));

  test('with a request that is too long is RESOURCE_EXHAUSTED', () =>
    withServer(async (address) => {
      const { status } = await request(address, '/t.T/Echo', { body: frameMessage(new Uint8Array(1001)) });
      assert.equal(status, '8');
    }));

  test('without a message, or with two, is INTERNAL', () =>
    withServer(async (address) => {
      assert.equal((await request(address, '/t.T/Echo', { body: new Uint8Array() })).status, '13');
      const two = Buffer.concat([frameMessage(text('a')), frameMessage(text('b'))]);
      assert.equal((await request(address, '/t.T/Echo', { body: two })).status, '13');
    }));

  test('whose deadline passes is DEADLINE_EXCEEDED', () =>
    withServer(async (address) => {
      const { status } = await request(address, '/t.T/Sleep', { headers: { 'grpc-timeout': '30m' } });
      assert.equal(status, '4');
      assert.equal((await request(address, '/t.T/Hang', { headers: { 'grpc-timeout': '30m' } })).status, '4');
    }));
});

describe('a stream', () => {
  test('of many messages arrives whole and in order', () =>
    withServer(async (address) => {
      const messages = await readAll(address, '/t.T/Count', '20000');
      assert.equal(messages.length, 20_000);
      assert.ok(messages.every((message, i) => message === String(i)));
    }));

  test('arrives whole although its reader is slow and the server has long ended it', () =>
    withServer(async (address) => {
      const call = { address: parseAddress(address), path: '/t.T/Bulk', request: text('3000'), decode: rest };
      let bytes = 0;
      for await (const batch of callStream({ ...call, signal: new AbortController().signal })) {
        for (const message of batch) bytes += message.length;
        await delay(20);
      }
      assert.equal(bytes, 3000 * 1000);
    }));

  test('of none ends well', () =>
    withServer(async (address) => assert.deepEqual(await readAll(address, '/t.T/Count', '0'), [])));

  test('whose reader leaves tells the handler, which cleans up', () =>
    withServer(async (address, server) => {
      seen.closed = false;
      const controller = new AbortController();
      const call = { address: parseAddress(address), path: '/t.T/Hang', request: text('x'), decode: rest };
      for await (const batch of callStream({ ...call, signal: controller.signal })) {
        if (batch.length > 0) controller.abort();
      }
      while (server.openCalls > 0) await delay(2);
      assert.equal(seen.closed, true);
      assert.match(String(seen.reason), /the client went away/);
    }));

  test('ends with UNAVAILABLE when the server stops', async () => {
    const listen = [`unix://${socketPath()}`];
    const server = await serveGrpc({ routes, listen });
    const call = { address: parseAddress(listen[0] ?? ''), path: '/t.T/Hang', request: text('x'), decode: rest };
    const messages: string[] = [];
    await assert.rejects(
      async () => {
        for await (const batch of callStream({ ...call, signal: new AbortController().signal })) {
          messages.push(...batch);
          if (batch.length > 0) void server.stop();
        }
      },
      { code: 'unavailable', message: 'the server is stopping' },
    );
    assert.deepEqual(messages, ['first']);
  });
});

describe('a client', () => {
  test('that nobody answers fails with unavailable', async () => {
    await assert.rejects(readAll(`unix://${socketPath()}`, '/t.T/Echo', ''), {
      code: 'unavailable',
      message: /ENOENT/,
    });
  });

  test('keeps the code and text of an error', () =>
    withServer(async (address) => {
      await assert.rejects(readAll(address, '/t.T/Fail', ''), (error: Error) => {
        assert.equal(error.message, 'größer als 100 %');
        assert.deepEqual({ ...(error.cause as object) }, { code: 5, message: 'größer als 100 %' });
        return true;
      });
    }));

  test('is told of messages it cannot decode as of a protocol error', () =>
    withServer(async (address) => {
      const decode = (): never => {
        throw rpcError(RpcCode.INTERNAL, 'malformed');
      };
      const call = { address: parseAddress(address), path: '/t.T/Count', request: text('1'), decode };
      await assert.rejects(
        async () => {
          for await (const _ of callStream({ ...call, signal: new AbortController().signal }));
        },
        { code: 'protocol' },
      );
    }));
});

describe('a unix socket', () => {
  test('has mode 0660 and goes away with its server', async () => {
    const path = socketPath();
    const server = await serveGrpc({ routes, listen: [`unix://${path}`] });
    assert.equal(statSync(path).mode & 0o777, 0o660);
    await server.stop();
    assert.equal(existsSync(path), false);
  });

  test('of a living server is not taken', async () => {
    const path = socketPath();
    const server = await serveGrpc({ routes, listen: [`unix://${path}`] });
    await assert.rejects(serveGrpc({ routes, listen: [`unix://${path}`] }), {
      code: 'usage',
      message: /another server/,
    });
    assert.deepEqual(await readAll(`unix://${path}`, '/t.T/Count', '1'), ['0']);
    await server.stop();
  });

  test('is never put over a file', async () => {
    const path = socketPath();
    writeFileSync(path, 'precious');
    await assert.rejects(serveGrpc({ routes, listen: [`unix://${path}`] }), { code: 'usage', message: /not a socket/ });
  });

  test('is left alone when another server has taken its place', async () => {
    const path = socketPath();
    const first = await serveGrpc({ routes, listen: [`unix://${path}`] });
    rmSync(path);
    const second = await serveGrpc({ routes, listen: [`unix://${path}`] });
    await first.stop();
    assert.deepEqual(await readAll(`unix://${path}`, '/t.T/Count', '1'), ['0']);
    await second.stop();
  });
});

describe('addresses', () => {
  test('that other machines can reach are refused, and the others are let go', async () => {
    const path = socketPath();
    const listen = [`unix://${path}`, '0.0.0.0:0'];
    await assert.rejects(serveGrpc({ routes, listen }), {
      code: 'usage',
      message: /without TLS/,
      hint: /127\.0\.0\.1/,
    });
    assert.equal(existsSync(path), false);
  });

  test('may be several, and port 0 becomes a real one', async () => {
    const server = await serveGrpc({ routes, listen: ['127.0.0.1:0', `unix://${socketPath()}`] });
    assert.match(server.addresses[0] ?? '', /^127\.0\.0\.1:[1-9]\d+$/);
    for (const address of server.addresses) assert.deepEqual(await readAll(address, '/t.T/Count', '1'), ['0']);
    await server.stop();
  });

  test('needs the folder of a socket to exist, and says that', async () => {
    await assert.rejects(serveGrpc({ routes, listen: [`unix://${directory}/missing/x.sock`] }), {
      code: 'usage',
      message: /there is no folder \S+\/missing$/,
    });
  });

  test('in use by another program are refused', async () => {
    const server = await serveGrpc({ routes, listen: ['127.0.0.1:0'] });
    await assert.rejects(serveGrpc({ routes, listen: server.addresses }), {
      code: 'usage',
      message: /^another server is listening on 127\.0\.0\.1:\d+$/,
    });
    await server.stop();
  });
});

test('bytes that are not HTTP/2 hurt nobody', () =>
  withServer(async (address) => {
    const target = parseAddress(address);
    const socket = connect(target.kind === 'unix' ? { path: target.path } : target);
    socket.on('error', () => {}).resume();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    assert.deepEqual(await readAll(address, '/t.T/Count', '2'), ['0', '1']);
  }));
