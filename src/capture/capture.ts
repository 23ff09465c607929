import type { NativeAddon } from '../../native/index.d.ts';
import type { Timestamp } from '../flow/basics.ts';
import { describeNativeError, isNativeError, loadAddon } from './addon.ts';
import { WallClock } from './clock.ts';
import { createCounts } from './counts.ts';
import { RecordDecoder } from './decode.ts';
import { DropReasons } from './drop-reason.ts';
import { KernelSymbols } from './kernel-symbols.ts';
import { LossReport, nameCounters } from './losses.ts';
import { createSlab } from './observation.ts';
import { type CaptureOptions, type CaptureSettings, settleOptions } from './options.ts';
import { type StartedPrograms, startPrograms } from './programs.ts';
import { checkRequirements, partialView } from './requirements.ts';
import type { CaptureSink } from './sink.ts';

/** One program and what the kernel says of it. */
export interface HookStatus {
  readonly name: string;
  /** `unavailable`: this kernel refused it. The others run. */
  readonly state: 'attached' | 'detached' | 'unavailable';
  /** Why it is unavailable, or sees only a part; one line. */
  readonly reason?: string;
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

const RING = 'nw_ringbuf';
const COUNTERS = 'nw_stats';
const SLAB_BYTES = 1 << 18;
const TICK_MS = 1000;
const CGROUP_PROGRAMS = new Set(['nw_ingress', 'nw_egress']);

/**
 * Starts to watch every socket of this machine. Throws a `NetwatchError` when it cannot, and then nothing is left
 * attached. A hook that this kernel refuses is left out, and `hooks` says why; without any way to see a packet it
 * throws. All of them need Linux 5.17 or later, BTF, cgroup v2, and CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN.
 */
export function startCapture(options: CaptureOptions, sink: CaptureSink): Capture {
  const settings = settleOptions(options);
  const cgroupPath = checkRequirements(settings.cgroupPath);
  const addon = loadAddon();
  const reasons = readDropReasons(addon);
  let programs: StartedPrograms | undefined;
  try {
    programs = startPrograms(addon, settings, cgroupPath);
    const partial = settings.cgroupPath === undefined ? partialView(cgroupPath) : undefined;
    return new RunningCapture({ addon, ...programs, partial, settings, reasons, sink });
  } catch (thrown) {
    programs?.object.close();
    throw describeNativeError(thrown);
  }
}

/** None before Linux 5.17, which does not take the program that would need them either. */
function readDropReasons(addon: NativeAddon): DropReasons {
  try {
    return new DropReasons(addon.kernelEnum('skb_drop_reason'));
  } catch (thrown) {
    if (isNativeError(thrown) && thrown.code === 'ENOENT') return new DropReasons({});
    throw describeNativeError(thrown);
  }
}

interface RunningParts extends StartedPrograms {
  readonly addon: NativeAddon;
  /** What the cgroup programs miss. */
  readonly partial: string | undefined;
  readonly settings: CaptureSettings;
  readonly reasons: DropReasons;
  readonly sink: CaptureSink;
}

class RunningCapture implements Capture {
  readonly #object: StartedPrograms['object'];
  readonly #refused: StartedPrograms['refused'];
  readonly #partial: string | undefined;
  readonly #sink: CaptureSink;
  readonly #clock: WallClock;
  readonly #decoder: RecordDecoder;
  readonly #losses: LossReport;
  readonly #counts = createCounts();
  readonly #slab = createSlab(new ArrayBuffer(SLAB_BYTES));
  readonly #timer: NodeJS.Timeout;
  #last: { readonly counters: Float64Array; readonly hooks: readonly HookStatus[] } | undefined;

  constructor({ addon, object, refused, partial, settings, reasons, sink }: RunningParts) {
    this.#object = object;
    this.#refused = refused;
    this.#partial = partial;
    this.#sink = sink;
    this.#clock = new WallClock(addon.clockOffset);
    const symbols = new KernelSymbols();
    this.#decoder = new RecordDecoder({ settings, clock: this.#clock, reasons, symbols, counts: this.#counts, sink });
    this.#losses = new LossReport(now());
    object.read(RING, this.#slab.bytes.buffer as ArrayBuffer, (bytes) => this.#read(bytes));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    if (this.#last !== undefined) return;
    clearInterval(this.#timer);
    const hooks = this.hooks();
    this.#object.detach();
    this.#object.drain();
    const counters = this.#object.counters(COUNTERS);
    this.#last = {
      counters,
      hooks: hooks.map((hook) => (hook.state === 'attached' ? { ...hook, state: 'detached' } : hook)),
    };
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
      const reason = this.#refused.get(name);
      if (reason !== undefined)
        return { name, state: 'unavailable', reason, verifiedInstructions: 0, runCount: 0, runTimeNs: 0 };
      const { verifiedInstructions, runCount, runTimeNs } = this.#object.programInfo(name);
      return {
        name,
        state: 'attached',
        reason: CGROUP_PROGRAMS.has(name) ? this.#partial : undefined,
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
