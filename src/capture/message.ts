import { MessageLayout as Layout } from './layout.gen.ts';
import type { Observation, Slab } from './observation.ts';

/** What `struct nw_message` tells beyond its head. */
export interface Message {
  /** Of the request on its socket, from 1; 0 when it is not certain. */
  readonly ordinal: number;
  /** Payload bytes of the packet. */
  readonly length: number;
  /** `Limit` of bpf/record.h at most. A view into the slab: valid until the batch is decoded. */
  readonly payload: Buffer;
  /** `L7` of layout.gen.ts. */
  readonly protocol: number;
}

/** Reads the message at `at`; the payload never reaches beyond the record. */
export function readMessage({ bytes, view }: Slab, at: number, { size }: Observation): Message {
  const start = at + Layout.payload;
  const captured = view.getUint16(at + Layout.captured, true);
  return {
    ordinal: view.getUint32(at + Layout.ordinal, true),
    length: view.getUint32(at + Layout.length, true),
    payload: bytes.subarray(start, Math.min(start + captured, at + size)),
    protocol: view.getUint8(at + Layout.protocol),
  };
}
