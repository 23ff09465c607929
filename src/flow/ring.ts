import { NetwatchError } from '../base/error.ts';

/** Hubble's own largest `event-buffer-capacity`. */
export const LARGEST_RING = 65535;

/** Keeps the values of a ring as bytes, by slot: a ring full of objects keeps the garbage collector busy. */
export interface Packing<T> {
  /** `slot` is free. The value is packed when it comes, and nobody changes it afterwards. */
  pack(slot: number, value: T): void;
  /** A value equal to the packed one; undefined for a free slot. */
  unpack(slot: number): T | undefined;
  free(slot: number): void;
}

/** How many of the newest values a packing ring also holds as they came, for readers that keep up. */
const FRESH = 1024;

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
  readonly #packing: Packing<T> | undefined;
  #next = 0;

  constructor(capacity: number = LARGEST_RING, packing?: Packing<T>) {
    if (!Number.isInteger(Math.log2(capacity + 1)) || capacity < 1 || capacity > LARGEST_RING) {
      throw new NetwatchError('usage', `ring capacity ${capacity} is not one less than a power of two`, {
        hint: 'Use 1, 3, 7, 15 and so on, up to 65535.',
      });
    }
    this.capacity = capacity;
    this.#slots = new Array<T | undefined>(capacity + 1).fill(undefined);
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

  /** `isRead` tells that somebody will read the value soon; without a packing it makes no difference. */
  push(value: T, isRead = true): void {
    const packing = this.#packing;
    const slot = this.#next & this.capacity;
    packing?.pack(slot, value);
    if (packing === undefined || isRead) this.#slots[slot] = value;
    this.#next++;
    // The slot before the oldest position would keep a value alive that nobody can read.
    const unreadable = this.#next & this.capacity;
    this.#slots[unreadable] = undefined;
    packing?.free(unreadable);
    if (packing !== undefined && FRESH < this.capacity)
      this.#slots[(this.#next - 1 - FRESH) & this.capacity] = undefined;
  }

  /** The value at a position; undefined when it is overwritten or has not come yet. */
  at(position: number): T | undefined {
    if (position < this.oldest || position >= this.#next) return undefined;
    const slot = position & this.capacity;
    return this.#slots[slot] ?? this.#packing?.unpack(slot);
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
