import { writeSync } from 'node:fs';
import { debug } from '../base/log.ts';
import type { TerminalOutput } from './compositor.ts';

/** The keyboard: the part of a tty's input stream that the terminal UI needs. */
export interface TerminalInput {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  off(event: 'end' | 'error', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The screen; `process.stdout` is one when it is a terminal. */
export interface TerminalScreen extends TerminalOutput {
  readonly isTTY?: boolean;
  readonly fd?: number;
  on(event: 'resize' | 'error', listener: () => void): unknown;
  off(event: 'resize' | 'error', listener: () => void): unknown;
}

// Alternate screen, cursor hidden, no automatic wrap, wheel as arrow keys, pasted text marked as such.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1007h\x1b[?2004h';
// A leading CAN ends a sequence that was cut off in the middle of a frame.
const LEAVE = '\x18\x1b[r\x1b[0m\x1b[?2004l\x1b[?1007l\x1b[?7h\x1b[?25h\x1b[?1049l';
const DRAIN_MS = 300;

const log = debug('tui');

/** Takes a terminal over and gives it back as it was. Both directions may be called any number of times. */
export class Terminal {
  readonly #input: TerminalInput;
  readonly #screen: TerminalScreen;
  #entered = false;

  constructor(input: TerminalInput, screen: TerminalScreen) {
    this.#input = input;
    this.#screen = screen;
  }

  /** Alternate screen, raw keys, writes that do not block. */
  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    unblock(this.#screen);
    this.#input.setRawMode?.(true);
    this.#input.resume();
    this.#screen.write(ENTER);
  }

  /** Gives the terminal back at once, even while the process is dying; what has not been written is given up. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#writeNow(LEAVE);
    this.#input.setRawMode?.(false);
    this.#input.pause();
  }

  /** Gives the terminal back after it took the last frame, or after 300 ms if it does not read. */
  async leaveGently(): Promise<void> {
    if (this.#entered) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, DRAIN_MS);
        this.#screen.write('', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.leave();
  }

  #writeNow(text: string): void {
    const { fd } = this.#screen;
    if (fd === undefined) {
      this.#screen.write(text);
      return;
    }
    // A full terminal answers EAGAIN; it gets a few chances, because hanging here would be worse than a bent prompt.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let rest = text;
    for (let attempt = 0; attempt < 20 && rest !== ''; attempt++) {
      try {
        rest = rest.slice(writeSync(fd, rest));
      } catch (error) {
        log(() => `giving the terminal back: ${error}`);
        Atomics.wait(pause, 0, 0, 10);
      }
    }
  }
}

/**
 * Makes writes to a tty return at once; Node makes them block, so that a terminal that stops reading would stop
 * everything. `_handle.setBlocking` is not a public API: without it, or if it fails, writes go on blocking, and the
 * debug log says so.
 */
function unblock(screen: TerminalScreen): void {
  const handle: unknown = Reflect.get(screen, '_handle');
  const isObject = typeof handle === 'object' && handle !== null;
  const setBlocking: unknown = isObject ? Reflect.get(handle, 'setBlocking') : undefined;
  if (!isObject || typeof setBlocking !== 'function') {
    log(() => 'terminal writes stay blocking: no setBlocking');
    return;
  }
  const status: unknown = Reflect.apply(setBlocking, handle, [false]);
  if (status !== 0 && status !== undefined) log(() => `terminal writes stay blocking: status ${String(status)}`);
}
