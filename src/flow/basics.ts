/** A point in time as the wire has it: whole seconds since the Unix epoch, and nanoseconds 0..999,999,999. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** A 64-bit integer: a `number` while exact (below 2^53), else a `bigint`. Never a rounded value. */
export type Uint64 = number | bigint;

/** google.protobuf.Any. */
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** google.protobuf.FieldMask: proto field names joined by dots, relative to the masked message. */
export interface FieldMask {
  readonly paths?: readonly string[];
}

/** Negative when `a` is earlier than `b`, 0 when equal; an absent time is the epoch. */
export function compareTimestamps(a: Timestamp | undefined, b: Timestamp | undefined): number {
  return (a?.seconds ?? 0) - (b?.seconds ?? 0) || (a?.nanos ?? 0) - (b?.nanos ?? 0);
}
