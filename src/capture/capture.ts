import type { BpfObject, NativeAddon } from '../../native/index.d.ts';
import { messageOf, NetwatchError } from '../base/error.ts';
import { debug } from '../base/log.ts';
import type { Timestamp } from '../flow/basics.ts';
import type { LostEvent } from '../flow/gen/flow.ts';
import { describeNativeError, findBuilt, isNativeError, loadAddon } from './addon.ts';
import { WallClock } from './clock.ts';
import { createCounts } from './counts.ts';
import { RecordDecoder } from './decode.ts';
import { DropReasons } from './drop-reason.ts';
import type { FlowDraft } from './flow-parts.ts';
import { KernelSymbols } from './kernel-symbols.ts';
import { LossReport, nameCounters } from './losses.ts';
import { createSlab } from './observation.ts';
import { type CaptureOptions, type CaptureSettings, knobsOf, settleOptions } from './options.ts';
import { checkRequirements } from './requirements.ts';

/** Where a capture's events go. Called on the event loop; neither may throw. */
export interface CaptureSink {
  /** At least one flow, in the order of their records. They belong to the sink, which may fill in what is absent. */
  flows(flows: readonly FlowDraft[]): void;
  /** All that was lost since the last call, at most once a second. */
  lost(event: LostEvent): void;
}

/** One program and what the kernel says of it. */
export interface HookStatus {
  readonly name: string;
  readonly state: 'attached' | 'detached';
  /** Instructions the verifier looked at. */
  readonly verifiedInstructions: number;
  /** 0 unless kernel.bpf_stats_enabled is on. */
  readonly runCount: number;
  readonly runTimeNs: number;
}

/** A running capture. */
export interface Capture {
  /** Detaches, hands over what the kernel still holds, reports the last loss and frees everything. */
  stop(): void;
  /** Everything that was counted so far, in the kernel (`kernel.`) and here; the last values after `stop`. */
  counters(): Readonly<Record<string, number>>;
  hooks(): readonly HookStatus[];
}

const log = debug('capture');
const RING = 'nw_ringbuf';
const COUNTERS = 'nw_stats';
const SLAB_BYTES = 1 << 18;
const TICK_MS = 1000;

/**
 * Starts to watch every socket of this machine. Throws a `NetwatchError` when it cannot, and then nothing is left
 * attached. Needs Linux 5.17 or later, BTF, cgroup v2, and CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN.
 */
export function startCapture(options: CaptureOptions, sink: CaptureSink): Capture {
  const settings = settleOptions(options);
  const cgroupPath = checkRequirements(settings.cgroupPath);
  const addon = loadAddon();
  const reasons = readDropReasons(addon);
  let object: BpfObject | undefined;
  try {
    object = new addon.BpfObject(findBuilt('flow.bpf.o'));
    loadObject(object, settings);
    for (const program of object.programs()) object.attach(program, cgroupPath);
    return new RunningCapture({ addon, object, settings, reasons, sink });
  } catch (thrown) {
    object?.close();
    log(() => (isNativeError(thrown) ? `${thrown.message}\n${thrown.log}` : messageOf(thrown)));
    throw describeNativeError(thrown);
  }
}

function readDropReasons(addon: NativeAddon): DropReasons {
  try {
    return new DropReasons(addon.kernelEnum('skb_drop_reason'));
  } catch (thrown) {
    if (!isNativeError(thrown) || thrown.code !== 'ENOENT') throw describeNativeError(thrown);
    throw new NetwatchError('unsupported', 'this kernel does not say why it drops packets', {
      hint: 'use Linux 5.17 or later',
      cause: thrown,
    });
  }
}

function loadObject(object: BpfObject, settings: CaptureSettings): void {
  for (const [knob, value] of knobsOf(settings)) object.setKnob(knob, value);
  object.setMaxEntries(RING, settings.ringBytes);
  object.load();
}

interface RunningParts {
  readonly addon: NativeAddon;
  readonly object: BpfObject;
  readonly settings: CaptureSettings;
  readonly reasons: DropReasons;
  readonly sink: CaptureSink;
}

class RunningCapture implements Capture {
  readonly #object: BpfObject;
  readonly #sink: CaptureSink;
  readonly #clock: WallClock;
  readonly #decoder: RecordDecoder;
  readonly #losses: LossReport;
  readonly #counts = createCounts();
  readonly #slab = createSlab(new ArrayBuffer(SLAB_BYTES));
  readonly #timer: NodeJS.Timeout;
  #last: { readonly counters: Float64Array; readonly hooks: readonly HookStatus[] } | undefined;

  constructor({ addon, object, settings, reasons, sink }: RunningParts) {
    this.#object = object;
    this.#sink = sink;
    this.#clock = new WallClock(addon.clockOffset);
    const symbols = new KernelSymbols();
    this.#decoder = new RecordDecoder({ settings, clock: this.#clock, reasons, symbols, counts: this.#counts });
    this.#losses = new LossReport(now());
    object.read(RING, this.#slab.bytes.buffer as ArrayBuffer, (bytes) => this.#read(bytes));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    if (this.#last !== undefined) return;
    clearInterval(this.#timer);
    const attached = this.hooks();
    this.#object.detach();
    this.#object.drain();
    const counters = this.#object.counters(COUNTERS);
    this.#last = { counters, hooks: attached.map((hook) => ({ ...hook, state: 'detached' })) };
    this.#reportLoss(counters);
    this.#object.close();
  }

  counters(): Readonly<Record<string, number>> {
    const kernel = this.#last?.counters ?? this.#object.counters(COUNTERS);
    return { ...nameCounters(kernel), ...this.#counts };
  }

  hooks(): readonly HookStatus[] {
    if (this.#last !== undefined) return this.#last.hooks;
    return this.#object.programs().map((name) => {
      const { verifiedInstructions, runCount, runTimeNs } = this.#object.programInfo(name);
      return {
        name,
        state: 'attached',
        verifiedInstructions,
        runCount: Number(runCount),
        runTimeNs: Number(runTimeNs),
      };
    });
  }

  #read(bytes: number): void {
    const flows = this.#decoder.decode(this.#slab, bytes);
    if (flows.length > 0) this.#sink.flows(flows);
  }

  #tick(): void {
    this.#clock.measure();
    this.#decoder.expire();
    this.#reportLoss(this.#object.counters(COUNTERS));
  }

  #reportLoss(counters: Float64Array): void {
    const lost = this.#losses.next(counters, now());
    if (lost !== undefined) this.#sink.lost(lost);
  }
}

function now(): Timestamp {
  const ms = Date.now();
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}
