import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, NetwatchError } from '../base/error.ts';
import type { PodAnswer, PodOrder } from './settings.ts';

// Long enough for a pod to end by itself and close its connections in order.
const TERM_GRACE_MS = 1000;
const MAX_COMPLAINT_CHARS = 2000;

interface Waiting {
  readonly kind: PodAnswer['kind'];
  resolve(answer: PodAnswer): void;
  reject(error: NetwatchError): void;
}

/** The process of one pod, as the lab sees it. */
export class PodProcess {
  readonly name: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #onFailure: (error: NetwatchError) => void;
  #waiting: Waiting[] = [];
  #complaint = '';
  #failure: NetwatchError | undefined;
  #stopping = false;

  /** Starts `argv`, which must hand the IPC channel on. `onFailure` is told once if the pod ends before `stop`. */
  static async start(
    name: string,
    argv: readonly string[],
    onFailure: (error: NetwatchError) => void,
  ): Promise<PodProcess> {
    const [command = '', ...args] = argv;
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    await once(child, 'spawn').catch((error) => {
      throw new NetwatchError('lab', `cannot start pod ${name}: ${messageOf(error)}`, { cause: error });
    });
    return new PodProcess(name, child, onFailure);
  }

  private constructor(name: string, child: ChildProcess, onFailure: (error: NetwatchError) => void) {
    this.name = name;
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#onFailure = onFailure;
    this.#exited = once(child, 'close').then(([code, signal]) =>
      this.#fail(`ended with ${signal ?? `status ${code}`}`),
    );
    child.on('error', (error) => this.#fail(messageOf(error)));
    child.on('message', (answer: PodAnswer) => this.#take(answer));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#complaint.length < MAX_COMPLAINT_CHARS) this.#complaint += text;
    });
  }

  /** Sends an order and waits for its answer. Rejects with a `lab` error when the pod ends first. */
  ask<K extends PodOrder['kind']>(order: PodOrder & { readonly kind: K }): Promise<PodAnswer & { readonly kind: K }> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const accept = (answer: PodAnswer): void => resolve(answer as PodAnswer & { readonly kind: K });
      this.#waiting.push({ kind: order.kind, resolve: accept, reject });
      // A pod that is gone is told by its exit.
      this.#child.send(order, () => {});
    });
  }

  /** Ends the pod: asks first, then kills. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const gone = await Promise.race([this.#exited.then(() => true), sleep(TERM_GRACE_MS, false, { ref: false })]);
    if (!gone) this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #take(answer: PodAnswer): void {
    if (answer.kind === 'failed') this.#fail(answer.message);
    const index = this.#waiting.findIndex((waiting) => waiting.kind === answer.kind);
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(answer);
  }

  #fail(reason: string): void {
    if (this.#failure !== undefined) return;
    const lines = this.#complaint.trim().split('\n');
    const complaint = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
    const message = `pod ${this.name} ${reason}${complaint === '' ? '' : `: ${complaint}`}`;
    this.#failure = new NetwatchError('lab', message, { hint: 'NETWATCH_DEBUG=lab shows what the lab did.' });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    if (!this.#stopping) this.#onFailure(this.#failure);
  }
}
