import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, drawFor, pickWithin, seedOf } from '../../../src/lab/random.ts';

const take = (random: () => number, count: number): number[] => Array.from({ length: count }, random);

test('a seed fixes the sequence', () => {
  assert.deepEqual(take(createRandom(7), 50), take(createRandom(7), 50));
  assert.notDeepEqual(take(createRandom(7), 50), take(createRandom(8), 50));
});

test('numbers are mulberry32', () => {
  // First outputs of the published algorithm for seed 1.
  assert.deepEqual(
    take(createRandom(1), 3),
    [2693262067, 11749833, 2265367787].map((value) => value / 2 ** 32),
  );
});

test('numbers fill 0..1 evenly', () => {
  const numbers = take(createRandom(42), 10_000);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length;
    assert.ok(share > 0.085 && share < 0.115, `tenth ${tenth} has ${share}`);
  }
});

test('parts that join to the same text have seeds of their own', () => {
  assert.notEqual(seedOf('ab', 'c'), seedOf('a', 'bc'));
  assert.equal(seedOf('a', 1), seedOf('a', 1));
  assert.equal(drawFor(1, 'request', 'held'), drawFor(1, 'request', 'held'));
});

test('a pick reaches both ends of its span', () => {
  assert.equal(pickWithin([300, 900], 0), 300);
  assert.equal(pickWithin([300, 900], 1 - 2 ** -32), 900);
});
