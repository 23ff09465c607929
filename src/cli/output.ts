import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { NetwatchError } from '../base/error.ts';

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
  #failure: NetwatchError | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        this.#failure = new NetwatchError('unavailable', `cannot write to standard output: ${error.message}`, {
          cause: error,
        });
      }
      this.#closed.abort();
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

  /** Writes what has gathered and waits until the stream takes more. Throws what the stream failed with, EPIPE aside. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !this.closed.aborted && !this.#stream.write(text)) {
      await once(this.#stream, 'drain', { signal: this.closed }).catch(() => undefined);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
