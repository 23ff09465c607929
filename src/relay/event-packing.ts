import { Buffer } from 'node:buffer';
import type { Packing } from '../flow/ring.ts';
import type { FlowEvent } from '../flow/source.ts';
import { decodeGetFlowsResponse, encodeGetFlowsResponse } from '../wire/gen/observer.ts';
import { decodeMessage } from '../wire/message.ts';
import { Writer } from '../wire/writer.ts';

/** Readers that keep up find objects; one that fell further behind pays for decoding. */
const FRESH = 1024;
const PIECE_BYTES = 64 * 1024;

/**
 * Keeps events as their wire bytes, detail included, side by side in pieces of 64 KiB: about a third of the memory of
 * the objects, and nothing in it that the garbage collector has to walk. A piece is freed with the last event in it.
 */
export function createEventPacking(): Packing<FlowEvent> {
  const writer = new Writer({ capacity: 16 * 1024, withDetail: true });
  let piece = Buffer.alloc(0);
  let used = 0;
  return {
    fresh: FRESH,
    pack(event) {
      writer.reset();
      encodeGetFlowsResponse(writer, event);
      const { length } = writer;
      if (used + length > piece.length) {
        piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, length));
        used = 0;
      }
      piece.set(writer.view(), used);
      used += length;
      return piece.subarray(used - length, used);
    },
    unpack: (packed) => decodeMessage(decodeGetFlowsResponse, packed),
  };
}
