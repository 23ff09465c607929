import {
  ConnectionLayout,
  DropLayout,
  HeadLayout,
  MessageLayout,
  RecordType,
  TupleLayout,
} from '../../../src/capture/layout.gen.ts';
import { createSlab, type Slab } from '../../../src/capture/observation.ts';

export interface HeadFields {
  readonly type?: number;
  readonly size?: number;
  readonly direction?: number;
  readonly role?: number;
  readonly family?: number;
  readonly protocol?: number;
  readonly tcpFlags?: number;
  readonly timeNs?: bigint;
  readonly socketCookie?: bigint;
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** Writes records as the BPF programs do, one after the other. */
export class SlabWriter {
  readonly slab: Slab = createSlab(new ArrayBuffer(65_536));
  length = 0;

  packet(head: HeadFields): void {
    this.#head({ type: RecordType.packet, size: HeadLayout.byteLength, ...head });
  }

  message(head: HeadFields, protocol: number, ordinal: number, payload: Buffer, length = payload.length): void {
    const at = this.#head({ type: RecordType.message, size: MessageLayout.byteLength, ...head });
    this.slab.view.setUint32(at + MessageLayout.ordinal, ordinal, true);
    this.slab.view.setUint32(at + MessageLayout.length, length, true);
    this.slab.view.setUint16(at + MessageLayout.captured, payload.length, true);
    this.slab.view.setUint8(at + MessageLayout.protocol, protocol);
    this.slab.bytes.set(payload, at + MessageLayout.payload);
  }

  connection(
    head: HeadFields,
    fields: { readonly event: number; readonly error?: number; readonly comm?: string },
  ): void {
    const at = this.#head({ type: RecordType.connection, size: ConnectionLayout.byteLength, ...head });
    const { view, bytes } = this.slab;
    view.setBigUint64(at + ConnectionLayout.bytesSent, 1n << 60n, true);
    view.setUint32(at + ConnectionLayout.minRttUs, 0xffff_ffff, true);
    view.setUint32(at + ConnectionLayout.srttUs, 7, true);
    view.setUint32(at + ConnectionLayout.error, fields.error ?? 0, true);
    view.setUint32(at + ConnectionLayout.pid, 42, true);
    view.setUint8(at + ConnectionLayout.event, fields.event);
    bytes.write(`${fields.comm ?? ''}\0`, at + ConnectionLayout.comm, 'utf8');
  }

  drop(head: HeadFields, reason: number, location: bigint, original?: { ip: readonly number[]; port: number }): void {
    const at = this.#head({ type: RecordType.drop, size: DropLayout.byteLength, ...head });
    this.slab.view.setUint32(at + DropLayout.reason, reason, true);
    this.slab.view.setBigUint64(at + DropLayout.location, location, true);
    if (original === undefined) return;
    this.slab.bytes.set(original.ip, at + DropLayout.originalDestination);
    this.slab.view.setUint16(at + DropLayout.originalPort, original.port, true);
  }

  #head(fields: HeadFields): number {
    const { view, bytes } = this.slab;
    const at = this.length;
    const tuple = at + HeadLayout.tuple;
    const size = fields.size ?? HeadLayout.byteLength;
    view.setUint8(at + HeadLayout.type, fields.type ?? 0);
    view.setUint8(at + HeadLayout.direction, fields.direction ?? 0);
    view.setUint8(at + HeadLayout.role, fields.role ?? 0);
    view.setUint8(at + HeadLayout.family, fields.family ?? 4);
    view.setUint8(at + HeadLayout.protocol, fields.protocol ?? 6);
    view.setUint8(at + HeadLayout.tcpFlags, fields.tcpFlags ?? 0);
    view.setUint16(at + HeadLayout.size, size, true);
    view.setBigUint64(at + HeadLayout.timeNs, fields.timeNs ?? 0n, true);
    view.setBigUint64(at + HeadLayout.socketCookie, fields.socketCookie ?? 0n, true);
    bytes.set(fields.source ?? mapped(10, 0, 0, 1), tuple + TupleLayout.source);
    bytes.set(fields.destination ?? mapped(10, 0, 0, 2), tuple + TupleLayout.destination);
    view.setUint16(tuple + TupleLayout.sourcePort, fields.sourcePort ?? 40_000, true);
    view.setUint16(tuple + TupleLayout.destinationPort, fields.destinationPort ?? 80, true);
    this.length += Math.ceil(size / 8) * 8;
    return at;
  }
}

/** An IPv4 address as records hold it. */
export function mapped(...address: readonly number[]): readonly number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...address];
}
