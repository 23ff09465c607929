import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the relay process answers. */
export interface Report {
  readonly published: number;
  /** Heap and buffers in use after a garbage collection; only when nothing was published. */
  readonly liveMb?: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** A relay that runs in a process of its own. */
export class RelayChild {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it listens. */
  static async start(listen: string, ringCapacity = 65535): Promise<RelayChild> {
    const child = fork(join(import.meta.dirname, 'relay-process.ts'), [listen, String(ringCapacity)], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    });
    const started = once(child, 'message').then(() => undefined);
    const failed = once(child, 'exit').then(([code]) => `the relay process ended with ${code}`);
    const failure = await Promise.race([started, failed]);
    if (failure !== undefined) throw new Error(failure);
    return new RelayChild(child);
  }

  async publish(count: number): Promise<Report> {
    const answer = once(this.#child, 'message');
    this.#child.send({ publish: count });
    const [report] = (await answer) as [Report];
    return report;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}
