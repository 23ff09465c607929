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
  const packed = () => {
    const slots = new Map<number, number>();
    const packing = {
      pack: (slot: number, value: number) => {
        assert.equal(slots.has(slot), false, 'a slot is freed before it is used again');
        slots.set(slot, value);
      },
      unpack: (slot: number) => slots.get(slot),
      free: (slot: number) => slots.delete(slot),
    };
    return { slots, packing };
  };

  test('reads the same as one that does not, and holds no value that nobody can read', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3, 7, 15), fc.boolean(), fc.nat(60), (capacity, isRead, count) => {
        const { slots, packing } = packed();
        const ring = new Ring<number>(capacity, packing);
        for (let i = 0; i < count; i++) ring.push(i, isRead);
        for (let i = -1; i <= count; i++) {
          assert.equal(ring.at(i), i >= ring.oldest && i < count && i >= 0 ? i : undefined);
        }
        assert.deepEqual(
          [...slots.values()].sort((a, b) => a - b),
          Array.from({ length: ring.length }, (_, i) => ring.oldest + i),
        );
      }),
    );
  });

  test('gives the newest values as they came, and only when somebody reads them', () => {
    const { packing } = packed();
    const unpacked: number[] = [];
    const unpack = (slot: number) => {
      unpacked.push(slot);
      return packing.unpack(slot);
    };
    const ring = new Ring<number>(4095, { ...packing, unpack });
    for (let i = 0; i < 2000; i++) ring.push(i, i !== 1999);
    for (const position of [0, 1500, 1999]) assert.equal(ring.at(position), position);
    assert.deepEqual(unpacked, [0, 1999]);
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
