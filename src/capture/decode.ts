import type { Timestamp } from '../flow/basics.ts';
import { AddressTexts } from './address.ts';
import type { KernelTime, WallClock } from './clock.ts';
import { connectionFlow } from './connection-flow.ts';
import type { CaptureCounts } from './counts.ts';
import { DnsFlows } from './dns-flow.ts';
import { dropFlow, isTimeWaitDrop } from './drop-flow.ts';
import type { DropReasons } from './drop-reason.ts';
import { type FlowDraft, isReplyOf, trafficDirectionOf } from './flow-parts.ts';
import { HttpFlows } from './http-flow.ts';
import type { KernelSymbols } from './kernel-symbols.ts';
import { ConnectionLayout, DropLayout, HeadLayout, L7, MessageLayout, PacketLayout, RecordType } from './layout.gen.ts';
import { readMessage } from './message.ts';
import { type Observation, readObservation, type Slab } from './observation.ts';
import type { CaptureSettings } from './options.ts';
import { packetFlow } from './packet-flow.ts';
import type { CaptureSink } from './sink.ts';

/** What a decoder works with. */
export interface DecoderParts {
  readonly settings: CaptureSettings;
  readonly clock: WallClock;
  readonly reasons: DropReasons;
  readonly symbols: Pick<KernelSymbols, 'find'>;
  readonly counts: CaptureCounts;
  /** Who may turn packets and HTTP messages down, see `CaptureSink.wants`. */
  readonly sink?: Pick<CaptureSink, 'wants'>;
}

const ALIGNMENT = 8;
/** Least bytes of a record by its type; one shorter is malformed. */
const LEAST_SIZE: ReadonlyMap<number, number> = new Map([
  [RecordType.packet, PacketLayout.byteLength],
  [RecordType.message, MessageLayout.payload],
  [RecordType.connection, ConnectionLayout.byteLength],
  [RecordType.drop, DropLayout.byteLength],
]);

/**
 * Turns the records in a slab into flows, in their order.
 *
 * A record that claims a size which cannot be ends the batch, because the next one cannot be found; that is counted
 * and cannot happen with the programs this was built for. What waits for an answer is bounded, see http-exchanges.ts
 * and dns-exchanges.ts.
 */
export class RecordDecoder {
  readonly #parts: DecoderParts;
  readonly #addresses = new AddressTexts();
  readonly #http: HttpFlows;
  readonly #dns: DnsFlows;
  #latest: KernelTime = { high: 0, low: 0 };

  constructor(parts: DecoderParts) {
    this.#parts = parts;
    this.#http = new HttpFlows(parts.settings, parts.counts);
    this.#dns = new DnsFlows(parts.counts);
  }

  /** Flows of the first `length` bytes; nothing of the slab is referred to afterwards. */
  decode(slab: Slab, length: number): FlowDraft[] {
    const flows: FlowDraft[] = [];
    const end = Math.min(length, slab.bytes.length);
    for (let at = 0; at < end; ) {
      const size = this.#sizeAt(slab, at, end);
      if (size === 0) {
        this.#parts.counts.recordsMalformed++;
        break;
      }
      this.#decodeRecord(slab, at, flows);
      at += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    }
    this.#parts.counts.flows += flows.length;
    return flows;
  }

  /** Forgets what waited too long, by the time of the last record. */
  expire(): void {
    this.#dns.expire(this.#latest);
  }

  /** Size of the record at `at`; 0 when it is not one. */
  #sizeAt({ view }: Slab, at: number, end: number): number {
    if (end - at < HeadLayout.byteLength) return 0;
    const size = view.getUint16(at + HeadLayout.size, true);
    const least = LEAST_SIZE.get(view.getUint8(at + HeadLayout.type)) ?? HeadLayout.byteLength;
    return size >= least && at + size <= end ? size : 0;
  }

  #decodeRecord(slab: Slab, at: number, flows: FlowDraft[]): void {
    const o = readObservation(slab, at, this.#addresses);
    const time = this.#parts.clock.toTimestamp(o.time);
    this.#latest = o.time;
    switch (o.type) {
      case RecordType.packet:
        if (this.#isWanted(o, isReplyOf(o))) flows.push(packetFlow(o, time));
        break;
      case RecordType.message:
        this.#decodeMessage(slab, at, o, time, flows);
        break;
      case RecordType.connection:
        this.#http.forget(o);
        flows.push(connectionFlow(slab, at, o, time));
        break;
      case RecordType.drop:
        this.#decodeDrop(slab, at, o, time, flows);
        break;
      default:
        this.#parts.counts.recordsMalformed++;
    }
  }

  #decodeDrop(slab: Slab, at: number, o: Observation, time: Timestamp, flows: FlowDraft[]): void {
    const flow = dropFlow(slab, at, o, time, { ...this.#parts, addresses: this.#addresses });
    if (isTimeWaitDrop(flow)) this.#parts.counts.dropsInTimeWait++;
    else flows.push(flow);
  }

  #decodeMessage(slab: Slab, at: number, o: Observation, time: Timestamp, flows: FlowDraft[]): void {
    const message = readMessage(slab, at, o);
    if (message.protocol === L7.dnsUdp || message.protocol === L7.dnsTcp) {
      for (const flow of this.#dns.read(o, message, time)) flows.push(flow);
      return;
    }
    const isResponse = message.protocol === L7.httpResponse;
    if (!this.#isWanted(o, isResponse)) return;
    const flow = isResponse ? this.#http.response(o, message, time) : this.#http.request(o, message, time);
    if (flow !== undefined) flows.push(flow);
  }

  #isWanted(o: Observation, isReply: boolean | undefined): boolean {
    return this.#parts.sink?.wants?.(o, trafficDirectionOf(o), isReply) ?? true;
  }
}
