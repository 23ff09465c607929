import './production.ts';
import { setImmediate } from 'node:timers/promises';
import { messageOf, NetwatchError } from '../base/error.ts';
import { setDebugSink } from '../base/log.ts';
import type { FlowSource, FlowsRequest } from '../flow/source.ts';
import { FrameClock } from './frame-clock.ts';
import { ESC_TIMEOUT_MS, type InputEvent, KeyDecoder } from './key-decoder.ts';
import { Screen } from './screen.tsx';
import { Terminal, type TerminalInput, type TerminalScreen } from './terminal.ts';
import { createTheme, type Environment } from './theme.ts';
import { Viewer } from './viewer.ts';

/** What the terminal UI shows and where. */
export interface TuiOptions {
  readonly source: FlowSource;
  readonly request: FlowsRequest;
  /** What is watched, for the header: "demo incident". */
  readonly title: string;
  readonly stdin: TerminalInput;
  readonly stdout: TerminalScreen;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** What to try while nothing arrives, one line. */
  readonly hint?: string;
}

const RESIZE_MS = 50;
const INGEST_SLICE_MS = 8;
const MAX_DEBUG_LINES = 500;

/**
 * Shows a source's flows until the user quits or `signal` aborts; listening for the process's signals is up to the caller.
 *
 * Whatever ends it, the terminal is as it was before. Rejects with `NetwatchError`: `unsupported` when this is no
 * terminal that can show it, or what the source failed with; a failure after flows have been shown leaves them on screen
 * until the user quits.
 */
export async function runTui(options: TuiOptions): Promise<void> {
  checkTerminal(options);
  const session = new Session(options);
  await session.run();
}

function checkTerminal({ stdin, stdout, env }: TuiOptions): void {
  const lines = { hint: 'Ask for lines instead, for example with --output compact.' };
  if (env.TERM === 'dumb')
    throw new NetwatchError('unsupported', 'this terminal (TERM=dumb) cannot show a live screen', lines);
  if (stdout.isTTY !== true) throw new NetwatchError('unsupported', 'the output is not a terminal', lines);
  if (stdin.isTTY !== true) throw new NetwatchError('unsupported', 'the keyboard is not a terminal', lines);
}

class Session {
  readonly #options: TuiOptions;
  readonly #terminal: Terminal;
  readonly #viewer: Viewer;
  readonly #screen: Screen;
  readonly #clock: FrameClock;
  readonly #decoder = new KeyDecoder();
  readonly #stopSource = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  readonly #debugLines: string[] = [];
  #sourceError: unknown;
  #escTimer: NodeJS.Timeout | undefined;
  #resizeTimer: NodeJS.Timeout | undefined;
  #scanning = false;
  #suspended = false;

  constructor(options: TuiOptions) {
    const { stdin, stdout, env, title, hint } = options;
    const now = (): number => performance.now();
    this.#options = options;
    this.#terminal = new Terminal(stdin, stdout);
    this.#viewer = new Viewer({ title, hint, theme: createTheme(env), now });
    this.#screen = new Screen(this.#viewer, stdout);
    this.#clock = new FrameClock(
      (withChrome) => this.#paint(withChrome),
      () => this.#viewer.ticking,
      now,
    );
  }

  async run(): Promise<void> {
    const { stdin, stdout, signal } = this.#options;
    const restore = (): void => this.#terminal.leave();
    process.on('exit', restore);
    process.on('uncaughtExceptionMonitor', restore);
    signal.addEventListener('abort', this.#finish);
    if (process.stderr.isTTY) setDebugSink(this.#keepDebugLine);
    try {
      this.#terminal.enter();
      stdin.on('data', this.#onInput);
      stdin.on('end', this.#finish);
      stdin.on('error', this.#finish);
      stdout.on('resize', this.#onResize);
      stdout.on('error', this.#finish);
      this.#clock.paintNow();
      void this.#consume();
      if (signal.aborted) this.#finish();
      await this.#finished.promise;
    } finally {
      this.#stopSource.abort();
      this.#clock.stop();
      clearTimeout(this.#escTimer);
      clearTimeout(this.#resizeTimer);
      stdin.off('data', this.#onInput);
      stdin.off('end', this.#finish);
      stdin.off('error', this.#finish);
      stdout.off('resize', this.#onResize);
      this.#screen.close();
      await this.#terminal.leaveGently();
      stdout.off('error', this.#finish);
      signal.removeEventListener('abort', this.#finish);
      process.off('exit', restore);
      process.off('uncaughtExceptionMonitor', restore);
      if (process.stderr.isTTY) setDebugSink((line) => void process.stderr.write(`${line}\n`));
      for (const line of this.#debugLines) process.stderr.write(`${line}\n`);
    }
    if (this.#sourceError !== undefined) throw this.#sourceError;
  }

  /** Debug lines would tear the screen; the last ones are printed after it. */
  readonly #keepDebugLine = (line: string): void => {
    this.#debugLines.push(line);
    if (this.#debugLines.length > MAX_DEBUG_LINES) this.#debugLines.shift();
  };

  readonly #finish = (): void => this.#finished.resolve();

  async #consume(): Promise<void> {
    const { source, request, signal } = this.#options;
    let yieldedMs = performance.now();
    try {
      for await (const batch of source.flows(request, AbortSignal.any([signal, this.#stopSource.signal]))) {
        this.#viewer.store.ingest(batch);
        this.#clock.touch();
        // A file delivers without ever waiting; keys and frames must have their turn.
        if (performance.now() - yieldedMs < INGEST_SLICE_MS) continue;
        await setImmediate();
        yieldedMs = performance.now();
      }
      this.#viewer.end();
    } catch (error) {
      this.#sourceError = error;
      this.#viewer.end(messageOf(error));
      // Nothing to look at: the message is better read in the shell.
      if (this.#viewer.store.log.end === 0) this.#finish();
    }
    this.#clock.paintNow();
  }

  readonly #onInput = (chunk: Uint8Array): void => {
    clearTimeout(this.#escTimer);
    this.#handle(this.#decoder.push(chunk));
    if (this.#decoder.pending) {
      this.#escTimer = setTimeout(() => this.#handle(this.#decoder.flush()), ESC_TIMEOUT_MS);
    }
  };

  /** All keys of a chunk first, then one frame. */
  #handle(events: readonly InputEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      const effect = this.#viewer.handle(event);
      if (effect === 'quit') this.#finish();
      if (effect === 'suspend') this.#suspend();
      if (effect === 'repaint') this.#screen.resize();
      if (effect === 'quit' || effect === 'suspend') return;
    }
    this.#clock.paintNow();
    void this.#scanOn();
  }

  /** Goes on with a filter's scan between other work. */
  async #scanOn(): Promise<void> {
    if (this.#scanning) return;
    this.#scanning = true;
    for (let more = true; more; ) {
      await setImmediate();
      more = this.#viewer.scan();
      this.#clock.touch();
    }
    this.#scanning = false;
    this.#clock.paintNow();
  }

  readonly #onResize = (): void => {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = setTimeout(() => {
      this.#screen.resize();
      this.#clock.paintNow();
    }, RESIZE_MS);
  };

  #paint(withChrome: boolean): void {
    if (!this.#suspended) this.#screen.paint(withChrome);
  }

  /** Stops the job as the shell expects it; comes back with SIGCONT, or at once where nobody could continue us. */
  #suspend(): void {
    this.#suspended = true;
    this.#terminal.leave();
    const resume = (): void => {
      clearTimeout(timer);
      process.off('SIGCONT', resume);
      this.#suspended = false;
      this.#terminal.enter();
      this.#screen.resize();
      this.#clock.paintNow();
    };
    process.once('SIGCONT', resume);
    // The whole group: a wrapper script that waits for us has to stop, too.
    process.kill(0, 'SIGTSTP');
    const timer = setTimeout(resume, RESIZE_MS);
  }
}
