/** A sequence of numbers in 0..1 (1 excluded) that its seed fixes: mulberry32, period about 2^32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A 32-bit seed of its own for every list of parts: FNV-1a over their text, so that no two tasks share a sequence. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (const byte of Buffer.from(`${part}\0`)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/** One number in 0..1 for a list of parts: the same parts, the same number, in whatever order they are asked for. */
export function drawFor(...parts: readonly (string | number)[]): number {
  return createRandom(seedOf(...parts))();
}

/** A whole number from `min` to `max`, both included, at the point `unit` (0..1) of that span. */
export function pickWithin([min, max]: readonly [number, number], unit: number): number {
  return min + Math.floor(unit * (max - min + 1));
}
