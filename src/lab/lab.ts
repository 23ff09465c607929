import { messageOf, NetwatchError } from '../base/error.ts';
import { debug } from '../base/log.ts';
import type { EndpointTable } from '../flow/endpoints.ts';
import { createCgroups, joinCgroup } from './cgroup.ts';
import { claimFreeSlot, type SlotClaim } from './claim.ts';
import { createEndpointTable } from './endpoint-table.ts';
import { joinLedgers, type Ledger } from './ledger.ts';
import { createNetwork } from './network.ts';
import { type LabPlan, labCgroup, type PlannedPod, planLab } from './plan.ts';
import { PodProcess } from './pod-process.ts';
import { planSettings } from './pod-settings.ts';
import { requirePrivileges } from './privileges.ts';
import { removeLeftovers, removeSlot, removeSlotNow } from './remove.ts';
import type { Place } from './run-pod-command.ts';
import { findScenario } from './scenario.ts';
import { settleAll } from './settle-all.ts';
import { stopOnSignals } from './stop-on-signals.ts';

const log = debug('lab');

export interface LabOptions {
  /** A name of `SCENARIOS`. */
  readonly scenario: string;
  /** What the pods do at random hangs on it. @default 1 */
  readonly seed?: number;
  /** Multiplies how often every pod sends; more than 0. @default 1 */
  readonly rate?: number;
  /** Each task sends that many requests per lane and ends. Endless when absent. */
  readonly rounds?: number;
  /** Start with all servers up and all clients silent, until `resume`. @default false */
  readonly paused?: boolean;
  /** How to run src/lab/pod.ts. */
  readonly podProgram: { readonly command: string; readonly args: readonly string[] };
  /**
   * Aborting it stops the lab, also one that is still starting. Whoever gives it has taken over SIGINT, SIGTERM and
   * SIGHUP; without it the lab listens for them.
   */
  readonly signal?: AbortSignal;
  /** Told when a pod ends by itself; the lab goes on without it. Without a callback it is a debug line only. */
  readonly onFailure?: (error: NetwatchError) => void;
}

/** A pod that runs. */
export interface LabPod extends Place {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly address: string;
  readonly pid: number;
}

/** A running shop. Whoever started it has to `stop` it. */
export interface Lab {
  /** 0..199, part of every name and address; labs that run at once differ in it. */
  readonly slot: number;
  /** Names of all pods and services. */
  readonly endpoints: EndpointTable;
  /** The node: forwards between pods, translates service addresses, enforces policies. Runs no process. */
  readonly node: Place;
  /** Every name and address, services included. */
  readonly plan: LabPlan;
  pods(): readonly LabPod[];
  /** Lets clients send. */
  resume(): Promise<void>;
  /** Makes clients stop: resolves when nothing is in flight and every HTTP connection is closed. */
  pause(): Promise<void>;
  /** Resolves when every task has done its `rounds`; never without `rounds` or while paused. */
  finished(): Promise<void>;
  /** What was sent so far. Exact after `pause` or `finished`; else a request in flight may be missing. */
  ledger(): Promise<Ledger>;
  /** Ends all pods and removes everything the lab made. Any number of times. A `lab` error names what is left. */
  stop(): Promise<void>;
}

/**
 * Builds the shop and starts its traffic: namespaces, links, rules and one process per pod, in about a second.
 *
 * Removes what crashed labs left behind first. Needs root, `ip` and `nft`; a failure half-way removes what was made.
 * Rejects with the reason of `options.signal` when that calls the start off.
 * An exit of the process removes everything, too, and so do, without `options.signal`, the signals that end it.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const scenario = findScenario(options.scenario);
  const rate = options.rate ?? 1;
  if (!(rate > 0 && Number.isFinite(rate)))
    throw new NetwatchError('usage', `the rate must be more than 0, not ${rate}`);
  await requirePrivileges();
  const claim = await claimFreeSlot();
  const lab = new RunningLab(claim, options);
  lab.onStopped(stopOnSignals(lab, options.signal));
  try {
    options.signal?.throwIfAborted();
    await removeLeftovers(claim.slot);
    const settings = planSettings(lab.plan, scenario, { seed: options.seed ?? 1, rate, rounds: options.rounds });
    await lab.start(settings);
    options.signal?.throwIfAborted();
    return lab;
  } catch (error) {
    const left = await lab.stop().catch((failure: unknown) => failure);
    // A start that was called off fails in many ways, and only what it left behind is news.
    if (options.signal?.aborted) throw left ?? options.signal.reason;
    if (left !== undefined) log(() => messageOf(left));
    throw error;
  }
}

class RunningLab implements Lab {
  readonly plan: LabPlan;
  readonly slot: number;
  readonly endpoints: EndpointTable;
  readonly node: Place;
  readonly #claim: SlotClaim;
  readonly #options: LabOptions;
  readonly #processes: PodProcess[] = [];
  #pods: readonly LabPod[] = [];
  #cgroups: ReadonlyMap<string, string> = new Map();
  #stopping = false;
  #stopped: Promise<void> | undefined;
  #starting: Promise<unknown> = Promise.resolve();
  #onStopped = (): void => {};

  constructor(claim: SlotClaim, options: LabOptions) {
    this.#claim = claim;
    this.slot = claim.slot;
    this.plan = planLab(claim.slot);
    this.endpoints = createEndpointTable(this.plan);
    this.node = { netns: this.plan.nodeNetns };
    this.#options = options;
  }

  onStopped(callback: () => void): void {
    this.#onStopped = callback;
  }

  start(settings: ReturnType<typeof planSettings>): Promise<void> {
    const started = this.#start(settings);
    // `stop` waits for it, so that nothing is made behind its back.
    this.#starting = started.catch(() => {});
    return started;
  }

  async #start(settings: ReturnType<typeof planSettings>): Promise<void> {
    const { pods, slot } = this.plan;
    const startedMs = performance.now();
    const names = pods.map((pod) => pod.name);
    const making = createCgroups(labCgroup(slot), names);
    await settleAll<unknown>([making, createNetwork(this.plan)]);
    this.#cgroups = await making;
    log(() => `slot ${slot}: network after ${Math.round(performance.now() - startedMs)} ms`);
    this.#pods = await settleAll(pods.map((pod) => this.#startPod(pod)));
    await Promise.all(
      this.#processes.map((process) => {
        const own = settings.get(process.name);
        return own && process.ask({ kind: 'listen', settings: own });
      }),
    );
    log(() => `slot ${slot}: ${pods.length} pods after ${Math.round(performance.now() - startedMs)} ms`);
    if (this.#options.paused !== true) await this.resume();
  }

  async #startPod(pod: PlannedPod): Promise<LabPod> {
    if (this.#stopping) throw new NetwatchError('lab', 'the demo was stopped while it started');
    const { command, args } = this.#options.podProgram;
    const process = await PodProcess.start(pod.name, ['ip', 'netns', 'exec', pod.netns, command, ...args], (error) => {
      log(() => error.message);
      // A signal to the whole process group ends pods and lab alike.
      if (!this.#stopping) this.#options.onFailure?.(error);
    });
    this.#processes.push(process);
    const cgroup = this.#cgroups.get(pod.name);
    if (cgroup !== undefined) await joinCgroup(cgroup, process.pid);
    const { namespace, name, app, address, netns } = pod;
    return { namespace, name, app, address, netns, cgroup, pid: process.pid };
  }

  pods(): readonly LabPod[] {
    return this.#pods;
  }

  async resume(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.ask({ kind: 'resume' })));
  }

  async pause(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.ask({ kind: 'pause' })));
    // Only now: a request of one pod may have used the connections of another until the last one was answered.
    await Promise.all(this.#processes.map((process) => process.ask({ kind: 'close' })));
  }

  async finished(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.ask({ kind: 'finish' })));
  }

  async ledger(): Promise<Ledger> {
    const answers = await Promise.all(this.#processes.map((process) => process.ask({ kind: 'ledger' })));
    return joinLedgers(answers.map((answer) => answer.ledger));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** `stop` for a process that exits this moment. */
  stopNow(): void {
    const pids = this.#processes.map((process) => process.pid);
    removeSlotNow(this.slot, pids, [...this.#cgroups.values()]);
  }

  async #stop(): Promise<void> {
    const startedMs = performance.now();
    this.#stopping = true;
    // Those that run already end first, so that a start that waits for one of them does not hold us up.
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#starting;
    await Promise.all(this.#processes.map((process) => process.stop()));
    try {
      await removeSlot(this.slot);
    } finally {
      await this.#claim.release();
      this.#onStopped();
      log(() => `slot ${this.slot}: stopped after ${Math.round(performance.now() - startedMs)} ms`);
    }
  }
}
