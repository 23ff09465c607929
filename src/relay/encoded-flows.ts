import { Buffer } from 'node:buffer';
import type { FlowEvent } from '../flow/source.ts';
import { writeFrameHeader } from '../wire/framing.ts';
import { encodeGetFlowsResponse } from '../wire/gen/observer.ts';
import { Writer } from '../wire/writer.ts';
import type { ObservedBatch } from './observer.ts';

/** Newest events whose encoding is kept. */
const KEPT = 4096;
/** Size of the pieces that encodings are put into, and largest piece handed out (a single larger event excepted). */
const PIECE_BYTES = 64 * 1024;

/** Where an encoding lies. */
interface Encoding {
  readonly piece: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Framed GetFlowsResponse bytes of events, made once however many readers want them.
 *
 * Encodings lie one behind the other in pieces of 64 KiB that are never written twice, so a run of neighbours is handed
 * out as a view, without a copy. Those of the newest 4096 events are kept, a few MiB; older ones, which only a reader
 * of history wants, are made again.
 */
export class EncodedFlows {
  readonly #writer: Writer;
  readonly #positions = new Float64Array(KEPT).fill(-1);
  readonly #kept: (Encoding | undefined)[] = new Array(KEPT).fill(undefined);
  #piece = Buffer.alloc(0);
  #used = 0;

  constructor({ withDetail }: { readonly withDetail: boolean }) {
    this.#writer = new Writer({ capacity: 16 * 1024, withDetail });
  }

  /** The events as pieces of framed messages. `newest` is the position after the newest event of the history. */
  *encode(batch: ObservedBatch, newest: number): Generator<Buffer> {
    const views: Buffer[] = [];
    let run: Encoding = { piece: this.#piece, start: 0, end: 0 };
    let size = 0;
    for (const [i, event] of batch.events.entries()) {
      const encoding = this.#encoding(batch.positions[i] ?? -1, event, newest);
      if (encoding.piece === run.piece && encoding.start === run.end) run = { ...run, end: encoding.end };
      else {
        if (run.end > run.start) views.push(run.piece.subarray(run.start, run.end));
        run = encoding;
      }
      size += encoding.end - encoding.start;
      if (size < PIECE_BYTES) continue;
      views.push(run.piece.subarray(run.start, run.end));
      yield join(views.splice(0), size);
      run = { ...run, start: run.end };
      size = 0;
    }
    if (run.end > run.start) views.push(run.piece.subarray(run.start, run.end));
    if (views.length > 0) yield join(views, size);
  }

  #encoding(position: number, event: FlowEvent, newest: number): Encoding {
    if (position < 0 || position < newest - KEPT) return this.#append(event);
    const slot = position & (KEPT - 1);
    const known = this.#kept[slot];
    if (known !== undefined && this.#positions[slot] === position) return known;
    const encoding = this.#append(event);
    this.#positions[slot] = position;
    this.#kept[slot] = encoding;
    return encoding;
  }

  #append(event: FlowEvent): Encoding {
    const writer = this.#writer;
    writer.reset();
    encodeGetFlowsResponse(writer, event);
    writeFrameHeader(writer, writer.length);
    const { length } = writer;
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#piece.set(writer.view(), start);
    this.#used += length;
    return { piece: this.#piece, start, end: this.#used };
  }
}

function join(views: readonly Buffer[], size: number): Buffer {
  const [only] = views;
  return views.length === 1 && only !== undefined ? only : Buffer.concat(views, size);
}
