/** Real sockets for the capture tests: run inside a network namespace as `capture-traffic.ts VERB HOST PORT ...`. */
import { createSocket } from 'node:dgram';
import { Agent, createServer, get } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [verb = '', host = '', portText = '0', countText = '1', option = ''] = process.argv.slice(2);
const port = Number(portText);
const count = Number(countText);
const family = host.includes(':') ? 'udp6' : 'udp4';

/** The status a request for /n/<i> gets, so that a wrong pair shows. */
const STATUSES = [200, 201, 202, 404, 500, 503, 418] as const;

function ready(): void {
  process.stdout.write('READY\n');
}

/** A query for `<i>.netwatch.test`, type A (RFC 1035, 4.1). */
function dnsQuery(i: number): Buffer {
  const labels = [String(i), 'netwatch', 'test'].map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  const header = Buffer.from([i >> 8, i & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

/** The same message with an answer: 192.0.2.1 for 60 s. */
function dnsAnswer(query: Buffer): Buffer {
  const answer = Buffer.concat([query, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1])]);
  answer.writeUInt16BE(0x8180, 2);
  answer.writeUInt16BE(1, 6);
  return answer;
}

async function sendUdp(payload: (i: number) => Buffer, awaitAnswer: boolean): Promise<void> {
  const socket = createSocket(family);
  for (let i = 0; i < count; i++) {
    const answered = awaitAnswer ? new Promise((resolve) => socket.once('message', resolve)) : undefined;
    await new Promise((resolve) => socket.send(payload(i), port, host, resolve));
    await answered;
  }
  socket.close();
}

async function getAll(): Promise<void> {
  const agent = new Agent({ keepAlive: option === 'keep-alive', maxSockets: 1 });
  for (let i = 0; i < count; i++) {
    await new Promise((resolve, reject) => {
      const request = get({ host, port, path: `/n/${i}?secret=${i}`, agent }, (response) => {
        response.resume().on('end', resolve);
      });
      request.on('error', reject);
    });
  }
  agent.destroy();
}

/** Sends each part as a segment of its own, then waits for `count` bytes or the end. */
async function sendParts(parts: readonly string[]): Promise<void> {
  const socket = connect({ host, port, noDelay: true });
  let received = 0;
  const done = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (data) => {
      received += data.length;
      if (received >= count) socket.end();
    });
  });
  for (const part of parts) {
    socket.write(Buffer.from(part, 'base64'));
    await sleep(50);
  }
  await done;
}

switch (verb) {
  case 'http-server':
    createServer((request, response) => {
      const i = Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0);
      response.writeHead(STATUSES[i % STATUSES.length] ?? 200).end(`answer ${i}`);
    }).listen(port, host, ready);
    break;
  case 'dns-server': {
    const socket = createSocket(family);
    socket.on('message', (query, from) => socket.send(dnsAnswer(query), from.port, from.address));
    socket.bind(port, host, ready);
    break;
  }
  case 'answers': {
    // Whatever comes is answered with the next part, as one segment.
    const parts = process.argv.slice(6).map((part) => Buffer.from(part, 'base64'));
    createTcpServer({ noDelay: true }, (socket) => {
      let next = 0;
      socket.on('data', () => void socket.write(parts[next++] ?? ''));
      socket.on('error', () => {});
    }).listen(port, host, ready);
    break;
  }
  case 'udp':
    await sendUdp((i) => Buffer.from(`datagram ${i}`), false);
    break;
  case 'dns':
    await sendUdp(dnsQuery, option !== 'one-way');
    break;
  case 'http':
    await getAll();
    break;
  case 'text':
    await sendParts(process.argv.slice(6));
    break;
  case 'connect': {
    const socket = connect({ host, port, timeout: 300, localAddress: option || undefined });
    socket.on('error', () => {});
    socket.on('timeout', () => socket.destroy());
    break;
  }
  case 'abort': {
    // An RST as soon as there is input, and no packet before.
    const socket = connect({ host, port }, ready);
    socket.on('error', () => {});
    process.stdin.once('data', () => {
      socket.resetAndDestroy();
      process.stdin.destroy();
    });
    break;
  }
  default:
    throw new Error(`no verb ${verb}`);
}
