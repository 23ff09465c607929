import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { FrameReader } from './framing.ts';
import { RpcCode, rpcError } from './status.ts';

/** What a method knows about the call it answers. */
export interface Call {
  /** The one message of the request. */
  readonly request: Uint8Array;
  readonly metadata: IncomingHttpHeaders;
  /** Aborts when the client cancels or goes away, when the deadline passes and when the server stops. */
  readonly signal: AbortSignal;
}

/** Reads the single message of a request. Fails when there is none, more than one, or one longer than `maxBytes`. */
export function readRequest(stream: ServerHttp2Stream, maxBytes: number): Promise<Uint8Array> {
  const frames = new FrameReader(maxBytes);
  let request: Uint8Array | undefined;
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) => {
      stream.removeAllListeners('data').resume();
      reject(thrown);
    };
    stream.on('data', (chunk: Buffer) => {
      try {
        frames.push(chunk, (bytes, start, end) => {
          if (request !== undefined) throw rpcError(RpcCode.INTERNAL, 'more than one message in the request');
          request = new Uint8Array(bytes.subarray(start, end));
        });
      } catch (thrown) {
        fail(thrown);
      }
    });
    stream.once('end', () => {
      if (request !== undefined) resolve(request);
      else fail(rpcError(RpcCode.INTERNAL, 'the request has no message'));
    });
    stream.once('close', () => fail(rpcError(RpcCode.CANCELLED, 'the client went away')));
  });
}

/** Writes one piece of a response and waits until the client has taken enough of it, or `signal` aborts. */
export async function writeChunk(stream: ServerHttp2Stream, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  if (stream.destroyed || signal.aborted || stream.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
    signal.addEventListener('abort', settle);
  });
}
