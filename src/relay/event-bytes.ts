import { Buffer } from 'node:buffer';
import type { Packing } from '../flow/ring.ts';
import type { FlowEvent } from '../flow/source.ts';
import { FRAME_HEADER, writeFrameHeader } from '../wire/framing.ts';
import { decodeGetFlowsResponse, encodeGetFlowsResponse } from '../wire/gen/observer.ts';
import { decodeMessage } from '../wire/message.ts';
import { Writer } from '../wire/writer.ts';

/** Several hundred flows; one that is larger has a piece of its own. */
const PIECE_BYTES = 64 * 1024;
/** Most empty pieces kept for what comes next, 1 MiB: memory that a burst needed goes back. */
const SPARE_PIECES = 16;
/** Tag of GetFlowsResponse.flow and of every other field below 16 that is a message: one byte before the length. */
const TAG_BYTES = 1;

interface Piece {
  readonly bytes: Buffer;
  /** Events in it that are still held. */
  held: number;
}

/**
 * Framed GetFlowsResponse bytes of the events of a ring, by slot: each event is encoded once, and what every reader
 * gets is copied from here. They lie side by side in pieces of 64 KiB, which are used again when the last event in
 * them is gone: nothing here makes work for the garbage collector.
 *
 * An event is held with its detail. That is the last field of the flow, so it can be left out while copying.
 */
export class EventBytes implements Packing<FlowEvent> {
  readonly #writer = new Writer({ capacity: 16 * 1024, withDetail: true });
  readonly #pieces: (Piece | undefined)[];
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** Bytes of the field that holds the detail; 0 when there is none. */
  readonly #details: Uint32Array;
  readonly #spare: Piece[] = [];
  #piece: Piece = { bytes: Buffer.alloc(0), held: 0 };
  #used = 0;

  constructor(slots: number) {
    this.#pieces = new Array<Piece | undefined>(slots).fill(undefined);
    this.#starts = new Uint32Array(slots);
    this.#ends = new Uint32Array(slots);
    this.#details = new Uint32Array(slots);
  }

  pack(slot: number, event: FlowEvent): void {
    const writer = this.#writer;
    writer.reset();
    encodeGetFlowsResponse(writer, event);
    writeFrameHeader(writer, writer.length);
    const { length } = writer;
    const piece = this.#room(length);
    writer.copyTo(piece.bytes, this.#used);
    this.#pieces[slot] = piece;
    this.#starts[slot] = this.#used;
    this.#used += length;
    this.#ends[slot] = this.#used;
    this.#details[slot] = writer.detailLength;
    piece.held++;
  }

  unpack(slot: number): FlowEvent | undefined {
    const piece = this.#pieces[slot];
    if (piece === undefined) return undefined;
    return decodeMessage(
      decodeGetFlowsResponse,
      piece.bytes,
      (this.#starts[slot] ?? 0) + FRAME_HEADER,
      this.#ends[slot],
    );
  }

  free(slot: number): void {
    const piece = this.#pieces[slot];
    if (piece === undefined) return;
    this.#pieces[slot] = undefined;
    piece.held--;
    const isUsable = piece !== this.#piece && piece.bytes.length === PIECE_BYTES;
    if (piece.held === 0 && isUsable && this.#spare.length < SPARE_PIECES) this.#spare.push(piece);
  }

  /** Bytes of the event at `slot`, with its detail or without; 0 when there is none. */
  size(slot: number, withDetail: boolean): number {
    const piece = this.#pieces[slot];
    if (piece === undefined) return 0;
    const size = (this.#ends[slot] ?? 0) - (this.#starts[slot] ?? 0);
    const detail = this.#details[slot] ?? 0;
    if (withDetail || detail === 0) return size;
    const flow = readLength(piece.bytes, (this.#starts[slot] ?? 0) + FRAME_HEADER + TAG_BYTES);
    return size - detail - lengthBytes(flow) + lengthBytes(flow - detail);
  }

  /** Copies the event at `slot` to `target`, as one framed message; returns where it ends there. */
  copy(slot: number, withDetail: boolean, target: Buffer, at: number): number {
    const piece = this.#pieces[slot];
    if (piece === undefined) return at;
    const { bytes } = piece;
    const start = this.#starts[slot] ?? 0;
    const end = this.#ends[slot] ?? 0;
    const detail = this.#details[slot] ?? 0;
    if (withDetail || detail === 0) {
      bytes.copy(target, at, start, end);
      return at + end - start;
    }
    const flow = readLength(bytes, start + FRAME_HEADER + TAG_BYTES);
    const flowStart = start + FRAME_HEADER + TAG_BYTES + lengthBytes(flow);
    const message = at + FRAME_HEADER;
    target[message] = bytes[start + FRAME_HEADER] ?? 0;
    let to = writeLength(target, message + TAG_BYTES, flow - detail);
    bytes.copy(target, to, flowStart, flowStart + flow - detail);
    to += flow - detail;
    bytes.copy(target, to, flowStart + flow, end);
    to += end - flowStart - flow;
    target[at] = 0;
    target.writeUInt32BE(to - message, at + 1);
    return to;
  }

  /** A piece with room for so many bytes behind what is used. */
  #room(length: number): Piece {
    if (this.#used + length <= this.#piece.bytes.length) return this.#piece;
    const left = this.#piece;
    const isUsable = left.held === 0 && left.bytes.length === PIECE_BYTES;
    if (isUsable && this.#spare.length < SPARE_PIECES) this.#spare.push(left);
    const known = length <= PIECE_BYTES ? this.#spare.pop() : undefined;
    this.#piece = known ?? { bytes: Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, length)), held: 0 };
    this.#used = 0;
    return this.#piece;
  }
}

/** Bytes of a length as a varint. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
}

function readLength(bytes: Buffer, at: number): number {
  let length = 0;
  for (let shift = 0; ; shift += 7, at++) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
}

function writeLength(target: Buffer, at: number, length: number): number {
  for (; length >= 0x80; length >>>= 7) target[at++] = (length & 0x7f) | 0x80;
  target[at++] = length;
  return at;
}
