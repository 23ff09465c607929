import { chmodSync, existsSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { connect, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { messageOf, NetwatchError } from '../base/error.ts';
import { type Address, formatAddress, isLocalAddress } from './address.ts';

const SOCKET_MODE = 0o660;

const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException | undefined)?.code;

function inodeOf(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isSocket()) {
    throw new NetwatchError('usage', `${path} exists and is not a socket`, { hint: 'Choose another path.' });
  }
  return stat?.ino;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', (error) => settle(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
  });
}

const takenError = (place: string): NetwatchError =>
  new NetwatchError('usage', `another server is listening on ${place}`, {
    hint: 'Stop it, or choose another address with --listen.',
  });

/** A living server on the path is an error; the file of one that died is in nobody's way. */
async function refuseLiving(path: string): Promise<void> {
  if (inodeOf(path) === undefined || !(await answers(path))) return;
  throw takenError(path);
}

function begin(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * The socket is bound under a name of its own and renamed: at its final path it has its final mode from the first
 * moment, it replaces a stale file in one step, and closing, which unlinks the first name, cannot hit a successor's.
 */
async function listenUnix(server: Server, path: string): Promise<() => void> {
  await refuseLiving(path);
  const born = `${path}.${process.pid}`;
  await begin(server, { path: born });
  chmodSync(born, SOCKET_MODE);
  renameSync(born, path);
  const inode = inodeOf(path);
  return () => {
    if (inodeOf(path) === inode) unlinkSync(path);
    server.close();
  };
}

/** A server's place in the world. */
export interface Listening {
  /** Where it listens; port 0 has become a real port. */
  readonly address: Address;
  /** Stops listening; connections that exist are not touched. */
  close(): void;
}

function listenError(address: Address, cause: unknown): NetwatchError {
  const text = formatAddress(address);
  if (codeOf(cause) === 'EADDRINUSE') return takenError(text);
  const folder = address.kind === 'unix' ? dirname(address.path) : '/';
  // What the kernel calls ENOENT, libuv calls EACCES, which would send the reader looking for a permission.
  if (!existsSync(folder)) {
    return new NetwatchError('usage', `cannot listen on ${text}: there is no folder ${folder}`, {
      hint: 'Make it, or choose another path with --listen.',
      cause,
    });
  }
  const code = codeOf(cause) === 'EACCES' ? 'permission' : 'unavailable';
  return new NetwatchError(code, `cannot listen on ${text}: ${messageOf(cause)}`, { cause });
}

/**
 * Binds a server to an address.
 *
 * A unix socket gets mode 0660, and its file goes away on close unless another server has put its own there. Any
 * address that other machines can reach is refused: the stream tells who talks to whom, and there is no TLS here.
 */
export async function listenOn(server: Server, address: Address): Promise<Listening> {
  if (!isLocalAddress(address)) {
    throw new NetwatchError('usage', `refusing to listen on ${formatAddress(address)} without TLS`, {
      hint: 'Listen on 127.0.0.1 or on a unix socket.',
    });
  }
  try {
    if (address.kind === 'unix') return { address, close: await listenUnix(server, address.path) };
    await begin(server, { host: address.host, port: address.port });
  } catch (cause) {
    if (cause instanceof NetwatchError) throw cause;
    throw listenError(address, cause);
  }
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return { address: { ...address, port }, close: () => void server.close() };
}
