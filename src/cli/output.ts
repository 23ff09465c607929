import { once } from 'node:events';
import type { Writable } from 'node:stream';

const BATCH_CHARACTERS = 64 * 1024;

/**
 * Text on its way to standard output: one write for many lines, and never more in memory than the reader can take.
 *
 * A reader that went away (`| head`) is no failure: `closed` aborts, and later text is dropped.
 */
export class Output {
  readonly #stream: Writable;
  readonly #closed = new AbortController();
  #text = '';

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#closed.abort(error.code === 'EPIPE' ? undefined : error);
    });
  }

  /** Aborts when nobody reads any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Adds text; call `flush` when `isFull` says so. */
  write(text: string): void {
    this.#text += text;
  }

  get isFull(): boolean {
    return this.#text.length >= BATCH_CHARACTERS;
  }

  /** Writes what has gathered and waits until the stream takes more. Throws what the stream failed with, but EPIPE. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !this.closed.aborted && !this.#stream.write(text)) {
      await Promise.race([once(this.#stream, 'drain'), once(this.closed, 'abort')]).catch(() => undefined);
    }
    const { reason } = this.closed;
    if (this.closed.aborted && reason instanceof Error && reason.name !== 'AbortError') throw reason;
  }
}
