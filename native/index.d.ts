// Copyright 2026 The netwatch authors. SPDX-License-Identifier: Apache-2.0

/** What every failing call throws. */
export interface NativeError extends Error {
  /** errno's name, as "EPERM". */
  readonly code: string;
  /** Tail of what libbpf and the verifier said during the call, at most 8 KiB. */
  readonly log: string;
}

/** The kernel's account of a loaded program. */
export interface ProgramInfo {
  readonly id: number;
  /** Instructions the verifier looked at; 0 before Linux 5.16. */
  readonly verifiedInstructions: number;
  /** 0 unless kernel.bpf_stats_enabled is on. */
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
}

/**
 * One BPF object file. Opened by the constructor; then knobs, then `load`, then `attach` and `read`, then `close`.
 * Every method may throw a `NativeError`, EBADF after `close`.
 */
export interface BpfObject {
  /** Before `load`: the value of a `const volatile` global of up to 8 bytes. ERANGE when it does not fit, EBUSY after `load`. */
  setKnob(name: string, value: number | bigint): void;
  /** Before `load`: entries of a map, or bytes of a ring buffer (the kernel wants a power of two pages). */
  setMaxEntries(map: string, maxEntries: number): void;
  /** Before `load`: leaves a program out. */
  disable(program: string): void;
  load(): void;
  /** Attaches one program where its section says; a cgroup program to `cgroupPath`. */
  attach(program: string, cgroupPath?: string): void;
  /** Detaches every program. What is in the ring buffer and the maps stays readable until `close`. */
  detach(): void;
  /** Names of all programs of the object, whether disabled or not. */
  programs(): string[];
  programInfo(program: string): ProgramInfo;
  /**
   * Reads a ring buffer until `close`: `onBatch(bytes)` is called on the event loop when `slab` holds that many bytes
   * of records, each at a multiple of 8. The slab is overwritten by the next batch. At most one ring per object.
   */
  read(map: string, slab: ArrayBuffer, onBatch: (bytes: number) => void): void;
  /** Calls `onBatch` at once, as often as it takes, with all that is waiting; does nothing inside `onBatch`. */
  drain(): void;
  /** Records that were longer than any slab may hold. */
  skipped(): number;
  /** Sums over the CPUs of a per-CPU array of 64-bit counters, by key. */
  counters(map: string): Float64Array;
  lookup(map: string, key: Uint8Array): Uint8Array | undefined;
  update(map: string, key: Uint8Array, value: Uint8Array): void;
  /** False when there was no such key. */
  delete(map: string, key: Uint8Array): boolean;
  /** Detaches, unloads and stops reading; `onBatch` is not called any more. Harmless when repeated. */
  close(): void;
}

/** build/netwatch.node. Mechanism only. */
export interface NativeAddon {
  readonly BpfObject: new (path: string) => BpfObject;
  /** Version of the libbpf it runs with, as "v1.1". */
  readonly libbpfVersion: string;
  /** Members of an enum of the running kernel; throws ENOENT when there is none of that name. */
  kernelEnum(name: string): Record<string, number>;
  /** Nanoseconds to add to bpf_ktime_get_ns() to get Unix time. Changes when the clock is set. */
  clockOffset(): bigint;
}
