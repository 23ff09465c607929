import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { type DnsMessage, decodeMessage, encodeQuery, QTYPE_A, RCODES } from './dns-message.ts';
import { readFrames, writeFrame } from './dns-stream.ts';
import type { LedgerCounter } from './ledger.ts';

const DNS_PORT = 53;
const QUERY_TIMEOUT_MS = 2000;

/** Asks the cluster's DNS, one query per call: no cache, no search list, no second try. Each query is in the ledger. */
export class DnsClient {
  readonly #server: string;
  readonly #ledger: LedgerCounter;

  constructor(server: string, ledger: LedgerCounter) {
    this.#server = server;
    this.#ledger = ledger;
  }

  /** The first IPv4 address of `name`, or undefined when there is none, whatever the reason. */
  async resolve(name: string, transport: 'udp' | 'tcp' = 'udp'): Promise<string | undefined> {
    const id = randomInt(0x10000);
    const query = encodeQuery(id, name, QTYPE_A);
    const exchange = transport === 'udp' ? exchangeUdp : exchangeTcp;
    const answer = await exchange(this.#server, query, (message) => message.response && message.id === id);
    this.#ledger.queries.add({ name, transport, rcode: answer === undefined ? 'TIMEOUT' : rcodeName(answer.rcode) });
    return answer?.addresses[0];
  }
}

type Accept = (message: DnsMessage) => boolean;

function exchangeUdp(server: string, query: Buffer, accept: Accept): Promise<DnsMessage | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer: DnsMessage | undefined): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(finish, QUERY_TIMEOUT_MS, undefined);
    socket.once('error', () => finish(undefined));
    socket.on('message', (bytes) => {
      const message = decodeMessage(bytes);
      if (message !== undefined && accept(message)) finish(message);
    });
    socket.connect(DNS_PORT, server, () => socket.send(query));
  });
}

function exchangeTcp(server: string, query: Buffer, accept: Accept): Promise<DnsMessage | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: server, port: DNS_PORT });
    let answer: DnsMessage | undefined;
    const timer = setTimeout(() => socket.destroy(), QUERY_TIMEOUT_MS);
    readFrames(socket, (bytes) => {
      const message = decodeMessage(bytes);
      if (message === undefined || !accept(message)) return;
      answer = message;
      socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(writeFrame(query));
  });
}

function rcodeName(rcode: number): string {
  return Object.entries(RCODES).find(([, value]) => value === rcode)?.[0] ?? `RCODE${rcode}`;
}
