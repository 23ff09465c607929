import type { Uint64 } from '../flow/basics.ts';
import type { AddressTexts } from './address.ts';
import type { KernelTime } from './clock.ts';
import { HeadLayout, TupleLayout } from './layout.gen.ts';

/** The slab that the addon fills, in the three forms reading needs. */
export interface Slab {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** What every record tells: `struct nw_head` of bpf/record.h. */
export interface Observation {
  readonly type: number;
  /** Bytes of the record. */
  readonly size: number;
  readonly direction: number;
  readonly role: number;
  /** 4 or 6. */
  readonly family: number;
  /** IPPROTO_*. */
  readonly protocol: number;
  readonly tcpFlags: number;
  readonly netns: number;
  readonly ifindex: number;
  readonly time: KernelTime;
  readonly socketCookie: Uint64;
  readonly cgroupId: Uint64;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Wraps memory that the addon writes to. */
export function createSlab(buffer: ArrayBuffer): Slab {
  return { bytes: Buffer.from(buffer), view: new DataView(buffer) };
}

/** A 64-bit field, exact. */
export function readUint64(view: DataView, at: number): Uint64 {
  const high = view.getUint32(at + 4, true);
  const low = view.getUint32(at, true);
  return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
}

/** Reads the head at `at`; 80 bytes must be there. */
export function readObservation({ bytes, view }: Slab, at: number, addresses: AddressTexts): Observation {
  const family = view.getUint8(at + HeadLayout.family);
  const tuple = at + HeadLayout.tuple;
  return {
    type: view.getUint8(at + HeadLayout.type),
    size: view.getUint16(at + HeadLayout.size, true),
    direction: view.getUint8(at + HeadLayout.direction),
    role: view.getUint8(at + HeadLayout.role),
    family,
    protocol: view.getUint8(at + HeadLayout.protocol),
    tcpFlags: view.getUint8(at + HeadLayout.tcpFlags),
    netns: view.getUint32(at + HeadLayout.netns, true),
    ifindex: view.getUint32(at + HeadLayout.ifindex, true),
    time: {
      high: view.getUint32(at + HeadLayout.timeNs + 4, true),
      low: view.getUint32(at + HeadLayout.timeNs, true),
    },
    socketCookie: readUint64(view, at + HeadLayout.socketCookie),
    cgroupId: readUint64(view, at + HeadLayout.cgroupId),
    source: addresses.read(bytes, tuple + TupleLayout.source, family),
    destination: addresses.read(bytes, tuple + TupleLayout.destination, family),
    sourcePort: view.getUint16(tuple + TupleLayout.sourcePort, true),
    destinationPort: view.getUint16(tuple + TupleLayout.destinationPort, true),
  };
}
