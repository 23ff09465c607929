import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** Reads a message from `reader` up to its end. */
export type Decode<T> = (reader: Reader) => T;
/** Writes a message. */
export type Encode<T> = (writer: Writer, message: T) => void;

/** The message that fills `bytes`, or `bytes[start..end)`. Throws a `protocol` error for anything else. */
export function decodeMessage<T>(decode: Decode<T>, bytes: Uint8Array, start = 0, end = bytes.length): T {
  return decode(new Reader(bytes, start, end));
}

/** The bytes of one message. `withDetail` lets `Flow.detail` travel along. */
export function encodeMessage<T>(encode: Encode<T>, message: T, withDetail = false): Uint8Array {
  const writer = new Writer({ capacity: 256, withDetail });
  encode(writer, message);
  return writer.finish();
}
