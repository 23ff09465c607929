import { Buffer } from 'node:buffer';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);

/**
 * A cursor over the lines of a byte stream that comes in chunks.
 *
 * After `next` or `finish` said so, `bytes` from `start` to `end` are one line, without its line feed and a carriage
 * return before that. Holds at most `maxBytes` of an unfinished line: a longer one is skipped to its end and shown as
 * `tooLong`, without bytes. The bytes of a chunk are only looked at until the next one is pushed.
 */
export class LineCursor {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** Of the current line, from 1. */
  number = 0;
  tooLong = false;
  readonly #maxBytes: number;
  #chunk: Buffer = NOTHING;
  #position = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next chunk; the one before has to be read to its end. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** Goes to the next line that ends in this chunk; false when there is none. */
  next(): boolean {
    const start = this.#position;
    const end = this.#chunk.indexOf(LINE_FEED, start);
    if (end < 0) {
      this.#hold(this.#chunk.subarray(start));
      this.push(NOTHING);
      return false;
    }
    this.#position = end + 1;
    if (this.#heldBytes > 0) {
      this.#hold(this.#chunk.subarray(start, end));
      this.#takeHeld();
    } else this.#take(this.#chunk, start, end);
    return true;
  }

  /** Goes to the last line, the one that no line feed ends; false when there is none. */
  finish(): boolean {
    if (this.#heldBytes === 0) return false;
    this.#takeHeld();
    return true;
  }

  #hold(rest: Buffer): void {
    this.#heldBytes += rest.length;
    if (this.#heldBytes > this.#maxBytes) this.#held = [];
    else if (rest.length > 0) this.#held.push(Buffer.from(rest));
  }

  #takeHeld(): void {
    const { length } = this.#held;
    if (this.#heldBytes > this.#maxBytes) this.#take(NOTHING, 0, 0);
    else this.#take(Buffer.concat(this.#held, this.#heldBytes), 0, this.#heldBytes);
    this.tooLong = length === 0;
    this.#held = [];
    this.#heldBytes = 0;
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.number++;
    this.bytes = bytes;
    this.start = start;
    this.end = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    this.tooLong = end - start > this.#maxBytes;
  }
}
