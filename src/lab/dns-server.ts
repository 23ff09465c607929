import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { decodeMessage, encodeResponse, QTYPE_A, QTYPE_AAAA } from './dns-message.ts';
import { readFrames, writeFrame } from './dns-stream.ts';
import type { DnsServerSettings } from './settings.ts';

/** The cluster's DNS: answers for its zone over UDP and TCP, as CoreDNS would. Resolves when both listen. */
export async function serveDns(settings: DnsServerSettings): Promise<{ readonly udp: Socket; readonly tcp: Server }> {
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => {
    const answer = answerQuery(bytes, settings);
    if (answer !== undefined) udp.send(answer, from.port, from.address);
  });
  const tcp = createServer((socket) => {
    // A client that goes away early only ends its own connection.
    socket.on('error', () => socket.destroy());
    readFrames(socket, (bytes) => {
      const answer = answerQuery(bytes, settings);
      if (answer === undefined) socket.destroy();
      else socket.write(writeFrame(answer));
    });
  });
  await Promise.all([
    new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(settings.port, resolve);
    }),
    new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(settings.port, '0.0.0.0', resolve);
    }),
  ]);
  return { udp, tcp };
}

/** The answer to the query in `bytes`; undefined when it is no query, which gets none. */
export function answerQuery(bytes: Uint8Array, { names, zone }: DnsServerSettings): Buffer | undefined {
  const query = decodeMessage(bytes);
  if (query === undefined || query.response) return undefined;
  const { question } = query;
  if (question === undefined) return encodeResponse(query, 'FORMERR', []);
  const { name, type } = question;
  if (name !== zone && !name.endsWith(`.${zone}`)) return encodeResponse(query, 'REFUSED', []);
  const address = Object.hasOwn(names, name) ? names[name] : undefined;
  if (address === undefined) return encodeResponse(query, 'NXDOMAIN', []);
  if (type !== QTYPE_A && type !== QTYPE_AAAA) return encodeResponse(query, 'NOTIMP', []);
  return encodeResponse(query, 'NOERROR', type === QTYPE_A ? [address] : []);
}
