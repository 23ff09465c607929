import { Buffer } from 'node:buffer';
import { RpcCode, rpcError } from './status.ts';
import type { Writer } from './writer.ts';

/** Bytes before every message of a gRPC stream: a compression flag and the length (gRPC over HTTP/2, section Requests). */
export const FRAME_HEADER = 5;
/** Largest message anybody accepts unless told otherwise: gRPC's own default. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Puts the header in front of the message that `writer` holds. */
export function writeFrameHeader(writer: Writer, length: number): void {
  writer.byte(length & 0xff);
  writer.byte((length >>> 8) & 0xff);
  writer.byte((length >>> 16) & 0xff);
  writer.byte(length >>> 24);
  writer.byte(0);
}

/** The message with its header, in one piece. */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, FRAME_HEADER);
  return framed;
}

/**
 * Cuts a stream of bytes into messages.
 *
 * Holds at most one unfinished message. A message longer than `maxBytes` fails with RESOURCE_EXHAUSTED before anything
 * is allocated for it; a compressed one fails with UNIMPLEMENTED, since no compression is ever agreed on.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #held = 0;
  #wanted = FRAME_HEADER;

  constructor(maxBytes: number = MAX_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Calls `onMessage` for every message that `chunk` completes; the bytes are only lent for the call. */
  push(chunk: Buffer, onMessage: (bytes: Buffer, start: number, end: number) => void): void {
    this.#held += chunk.length;
    if (this.#held < this.#wanted) {
      this.#parts.push(chunk);
      return;
    }
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
    this.#parts = [];
    let pos = 0;
    this.#wanted = FRAME_HEADER;
    while (bytes.length - pos >= FRAME_HEADER) {
      const length = this.#lengthAt(bytes, pos);
      if (bytes.length - pos - FRAME_HEADER < length) {
        this.#wanted = FRAME_HEADER + length;
        break;
      }
      onMessage(bytes, pos + FRAME_HEADER, pos + FRAME_HEADER + length);
      pos += FRAME_HEADER + length;
    }
    this.#held = bytes.length - pos;
    if (this.#held > 0) this.#parts.push(bytes.subarray(pos));
  }

  /** Whether the bytes so far end inside a message. */
  get incomplete(): boolean {
    return this.#held > 0;
  }

  #lengthAt(bytes: Buffer, pos: number): number {
    const flag = bytes[pos];
    if (flag === 1) throw rpcError(RpcCode.UNIMPLEMENTED, 'compressed messages are not supported');
    if (flag !== 0) throw rpcError(RpcCode.INTERNAL, `invalid frame: compression flag ${flag}`);
    const length = bytes.readUInt32BE(pos + 1);
    if (length > this.#maxBytes) {
      throw rpcError(RpcCode.RESOURCE_EXHAUSTED, `message of ${length} bytes exceeds the limit of ${this.#maxBytes}`);
    }
    return length;
  }
}
