const V4_PREFIX = 12;

/** Dotted form of the IPv4 address in the last four of 16 bytes. */
function formatIpv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Start and length of the longest run of zero groups, of two at least (RFC 5952, 4.2). */
function longestZeroRun(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [-1, 1];
  for (let i = 0; i < groups.length; i++) {
    let length = 0;
    while (groups[i + length] === 0) length++;
    if (length > best[1]) best = [i, length];
  }
  return best;
}

/** The canonical text of the IPv6 address at `at` (RFC 5952). */
export function formatIpv6(bytes: Uint8Array, at = 0): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[at + 2 * i] ?? 0) << 8) | (bytes[at + 2 * i + 1] ?? 0));
  const [start, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/**
 * The text of addresses, each made once. Holds at most `capacity` of them; when full it starts over, which costs time
 * and nothing else.
 */
export class AddressTexts {
  readonly #capacity: number;
  readonly #v4 = new Map<number, string>();
  readonly #v6 = new Map<string, string>();

  constructor(capacity = 65_536) {
    this.#capacity = capacity;
  }

  /** The address of 16 bytes at `at`; of IPv4 when `family` is 4, and then the last four bytes are it. */
  read(bytes: Uint8Array, at: number, family: number): string {
    return family === 4 ? this.#readV4(bytes, at + V4_PREFIX) : this.#readV6(bytes, at);
  }

  #readV4(bytes: Uint8Array, at: number): string {
    const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    const key = (a << 24) | (b << 16) | (c << 8) | d;
    const known = this.#v4.get(key);
    if (known !== undefined) return known;
    const text = formatIpv4(bytes, at);
    if (this.#v4.size >= this.#capacity) this.#v4.clear();
    this.#v4.set(key, text);
    return text;
  }

  #readV6(bytes: Uint8Array, at: number): string {
    const key = String.fromCharCode(...bytes.subarray(at, at + 16));
    const known = this.#v6.get(key);
    if (known !== undefined) return known;
    const text = formatIpv6(bytes, at);
    if (this.#v6.size >= this.#capacity) this.#v6.clear();
    this.#v6.set(key, text);
    return text;
  }
}
