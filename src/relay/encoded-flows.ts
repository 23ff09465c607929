import { Buffer } from 'node:buffer';
import type { Ring } from '../flow/ring.ts';
import type { FlowEvent } from '../flow/source.ts';
import { writeFrameHeader } from '../wire/framing.ts';
import { encodeGetFlowsResponse } from '../wire/gen/observer.ts';
import { Writer } from '../wire/writer.ts';
import type { EventBytes } from './event-bytes.ts';
import type { ObservedBatch } from './observer.ts';

/** Least size of a piece that is not the last one of its batch. */
const PIECE_BYTES = 64 * 1024;

/** What is to be sent: an encoded message, or the slot of one that the history holds. */
type Part = Buffer | number;

/**
 * Framed GetFlowsResponse bytes of events. Those of the history are encoded already and only copied; what is a
 * reader's own, or was overwritten while the reader waited for its client, is encoded here.
 */
export class EncodedFlows {
  readonly #ring: Ring<FlowEvent>;
  readonly #bytes: EventBytes;
  readonly #withDetail: boolean;
  readonly #writer: Writer;

  constructor(ring: Ring<FlowEvent>, bytes: EventBytes, { withDetail }: { readonly withDetail: boolean }) {
    this.#ring = ring;
    this.#bytes = bytes;
    this.#withDetail = withDetail;
    this.#writer = new Writer({ capacity: 1024, withDetail });
  }

  /** The events as pieces of framed messages, about 64 KiB each. */
  *encode({ events, positions }: ObservedBatch): Generator<Buffer> {
    let parts: Part[] = [];
    let size = 0;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (event === undefined) continue;
      const part = this.#part(event, positions[i] ?? -1);
      parts.push(part);
      size += typeof part === 'number' ? this.#bytes.size(part, this.#withDetail) : part.length;
      if (size < PIECE_BYTES) continue;
      yield this.#join(parts, size);
      parts = [];
      size = 0;
    }
    if (size > 0) yield this.#join(parts, size);
  }

  #part(event: FlowEvent, position: number): Part {
    if (position >= this.#ring.oldest) return position & this.#ring.capacity;
    this.#writer.reset();
    encodeGetFlowsResponse(this.#writer, event);
    writeFrameHeader(this.#writer, this.#writer.length);
    return Buffer.from(this.#writer.view());
  }

  #join(parts: readonly Part[], size: number): Buffer {
    const joined = Buffer.allocUnsafe(size);
    let at = 0;
    for (const part of parts) {
      if (typeof part === 'number') at = this.#bytes.copy(part, this.#withDetail, joined, at);
      else at += part.copy(joined, at);
    }
    return joined;
  }
}
