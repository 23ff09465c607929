import { NetwatchError } from '../base/error.ts';

/** Hubble's own largest `event-buffer-capacity`. */
const LARGEST = 65535;

/** How values that are no longer new are kept small: a ring full of objects keeps the garbage collector busy. */
export interface Packing<T> {
  /** How many of the newest values stay as they came. */
  readonly fresh: number;
  pack(value: T): Uint8Array;
  /** A value equal to the packed one. */
  unpack(packed: Uint8Array): T;
}

/**
 * The last `capacity` values in the order they came. Every value has a position that counts from 0 and never returns.
 *
 * Capacities are Hubble's: one less than a power of two, at most 65,535. A full ring forgets its oldest value for each
 * new one and waits for nobody; a reader that falls behind finds `oldest` past its own position and has lost the
 * difference. Unlike Hubble's, the newest value can be read at once, since nobody writes while somebody reads.
 */
export class Ring<T> {
  readonly capacity: number;
  readonly #slots: (T | undefined)[];
  readonly #packed: (Uint8Array | undefined)[];
  readonly #packing: Packing<T> | undefined;
  #next = 0;

  constructor(capacity: number = LARGEST, packing?: Packing<T>) {
    if (!Number.isInteger(Math.log2(capacity + 1)) || capacity < 1 || capacity > LARGEST) {
      throw new NetwatchError('usage', `ring capacity ${capacity} is not one less than a power of two`, {
        hint: 'Use 1, 3, 7, 15 and so on, up to 65535.',
      });
    }
    this.capacity = capacity;
    this.#slots = new Array<T | undefined>(capacity + 1).fill(undefined);
    this.#packed = packing ? new Array<Uint8Array | undefined>(capacity + 1).fill(undefined) : [];
    this.#packing = packing;
  }

  /** Position of the oldest value that can be read; equal to `next` while the ring is empty. */
  get oldest(): number {
    return Math.max(0, this.#next - this.capacity);
  }

  /** Position the next value will get. */
  get next(): number {
    return this.#next;
  }

  get length(): number {
    return Math.min(this.#next, this.capacity);
  }

  push(value: T): void {
    this.#slots[this.#next & this.capacity] = value;
    this.#next++;
    // The slot before the oldest position would keep a value alive that nobody can read.
    const unreadable = this.#next & this.capacity;
    this.#slots[unreadable] = undefined;
    if (this.#packing === undefined) return;
    this.#packed[unreadable] = undefined;
    const aged = this.#next - 1 - this.#packing.fresh;
    if (aged >= this.oldest) this.#pack(aged & this.capacity, this.#packing);
  }

  #pack(slot: number, packing: Packing<T>): void {
    const value = this.#slots[slot];
    if (value === undefined) return;
    this.#packed[slot] = packing.pack(value);
    this.#slots[slot] = undefined;
  }

  /** The value at a position; undefined when it is overwritten or has not come yet. */
  at(position: number): T | undefined {
    if (position < this.oldest || position >= this.#next) return undefined;
    const slot = position & this.capacity;
    const packed = this.#packed[slot];
    return packed === undefined ? this.#slots[slot] : this.#packing?.unpack(packed);
  }
}

/** One reader's place in a ring. Reading never changes the ring. */
export class RingCursor<T> {
  readonly #ring: Ring<T>;
  #position: number;

  constructor(ring: Ring<T>, position: number) {
    this.#ring = ring;
    this.#position = position;
  }

  /** Position of the value that `read` gives next. */
  get position(): number {
    return this.#position;
  }

  /** Moves on to the oldest value if that is later; returns how many values were overwritten unread. */
  skipOverwritten(): number {
    const lost = Math.max(0, this.#ring.oldest - this.#position);
    this.#position += lost;
    return lost;
  }

  /** The value at the cursor, which moves past it; undefined when there is none yet or it is overwritten. */
  read(): T | undefined {
    const value = this.#ring.at(this.#position);
    if (value !== undefined) this.#position++;
    return value;
  }
}
