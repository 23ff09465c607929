import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Ring, RingCursor } from '../../../src/flow/ring.ts';

describe('a ring', () => {
  test('takes capacities of one less than a power of two up to 65535', () => {
    for (const capacity of [1, 3, 4095, 65535]) assert.equal(new Ring(capacity).capacity, capacity);
    for (const capacity of [0, -1, 2, 4096, 131071, 1.5, Number.NaN]) {
      assert.throws(() => new Ring(capacity), { code: 'usage' }, String(capacity));
    }
  });

  test('holds the last values at positions that never return', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3, 7), fc.nat(40), (capacity, count) => {
        const ring = new Ring<number>(capacity);
        for (let i = 0; i < count; i++) ring.push(i);
        assert.equal(ring.next, count);
        assert.equal(ring.length, Math.min(count, capacity));
        assert.equal(ring.oldest, count - ring.length);
        for (let i = -1; i <= count; i++) {
          assert.equal(ring.at(i), i >= ring.oldest && i < count && i >= 0 ? i : undefined);
        }
      }),
    );
  });
});

describe('a ring that packs', () => {
  test('reads the same as one that does not, and holds only the fresh values as they came', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3, 7, 15), fc.nat(10), fc.nat(60), (capacity, fresh, count) => {
        const packed: number[] = [];
        const pack = (value: number): Uint8Array => {
          packed.push(value);
          return Uint8Array.of(value);
        };
        const ring = new Ring<number>(capacity, { fresh, pack, unpack: ([value = Number.NaN]) => value });
        for (let i = 0; i < count; i++) ring.push(i);
        for (let i = -1; i <= count; i++) {
          assert.equal(ring.at(i), i >= ring.oldest && i < count && i >= 0 ? i : undefined);
        }
        // Each value that aged inside the ring was packed once, in order; one overwritten while fresh never.
        const aged = fresh < capacity ? Math.max(0, count - fresh) : 0;
        assert.deepEqual(
          packed,
          Array.from({ length: aged }, (_, i) => i),
        );
      }),
    );
  });
});

describe('a cursor', () => {
  test('reads every value once, in order, and counts exactly what was overwritten', () => {
    const steps = fc.array(fc.record({ push: fc.nat(12), read: fc.nat(12) }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (script) => {
        const ring = new Ring<number>(7);
        const cursor = new RingCursor(ring, 0);
        let pushed = 0;
        let lost = 0;
        const seen: number[] = [];
        for (const { push, read } of script) {
          for (let i = 0; i < push; i++) ring.push(pushed++);
          lost += cursor.skipOverwritten();
          for (let i = 0; i < read; i++) {
            const value = cursor.read();
            if (value !== undefined) seen.push(value);
          }
        }
        lost += cursor.skipOverwritten();
        for (let value = cursor.read(); value !== undefined; value = cursor.read()) seen.push(value);
        assert.equal(seen.length + lost, pushed);
        assert.deepEqual(
          seen,
          [...new Set(seen)].sort((a, b) => a - b),
        );
      }),
    );
  });

  test('waits at the end without moving', () => {
    const ring = new Ring<string>(3);
    const cursor = new RingCursor(ring, 0);
    assert.equal(cursor.read(), undefined);
    ring.push('a');
    assert.equal(cursor.read(), 'a');
    assert.equal(cursor.position, 1);
  });

  test('that was overtaken reads nothing until it has skipped', () => {
    const ring = new Ring<number>(1);
    const cursor = new RingCursor(ring, 0);
    ring.push(0);
    ring.push(1);
    assert.equal(cursor.read(), undefined);
    assert.equal(cursor.skipOverwritten(), 1);
    assert.equal(cursor.read(), 1);
  });
});
