import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillPath, idOf, matchesPath } from '../../../src/lab/path-template.ts';

test('a filled template matches itself and gives its number back', () => {
  const path = fillPath('/v1/carts/{id}/items', 42);
  assert.equal(path, '/v1/carts/42/items');
  assert.ok(matchesPath('/v1/carts/{id}/items', path));
  assert.equal(idOf(path), 42);
});

test('other paths do not match', () => {
  for (const path of [
    '/v1/carts/x/items',
    '/v1/carts//items',
    '/v1/carts/4',
    '/v1/carts/4/items/',
    '/v2/carts/4/items',
  ]) {
    assert.ok(!matchesPath('/v1/carts/{id}/items', path), path);
  }
});

test('a path without a number has no id', () => {
  assert.equal(idOf('/v1/orders'), undefined);
  assert.equal(idOf('/99999999999999999999'), undefined);
});
