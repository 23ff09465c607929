import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countLanes, type PlannedRequest, planRequests } from '../../../src/lab/request-plan.ts';
import type { HttpTask } from '../../../src/lab/settings.ts';

const task: HttpTask = {
  kind: 'http',
  name: 'browse',
  everyMs: 100,
  host: 'frontend',
  port: 80,
  requestsPerConnection: 1,
  requests: [
    { method: 'GET', path: '/', weight: 3 },
    { method: 'GET', path: '/products/{id}' },
  ],
};

function take(pod: string, seed: number, lane: number, count = 200): PlannedRequest[] {
  const requests = planRequests(task, pod, seed, lane);
  return Array.from({ length: count }, () => requests.next().value);
}

test('the same seed, pod, task and lane send the same requests', () => {
  assert.deepEqual(take('a', 1, 0), take('a', 1, 0));
});

test('another seed, pod or lane sends others', () => {
  const paths = (requests: PlannedRequest[]): string => requests.map(({ path, id }) => `${path} ${id}`).join();
  const all = [take('a', 1, 0), take('a', 2, 0), take('b', 1, 0), take('a', 1, 1)].map(paths);
  assert.equal(new Set(all).size, all.length);
});

test('no two requests share an id, and weights are kept', () => {
  const requests = take('a', 1, 0, 4000);
  assert.equal(new Set(requests.map((request) => request.requestId)).size, requests.length);
  const share = requests.filter((request) => request.path === '/').length / requests.length;
  assert.ok(share > 0.72 && share < 0.78, `three quarters, not ${share}`);
});

test('a task without requests is an error, not an endless loop', () => {
  assert.throws(() => planRequests({ ...task, requests: [] }, 'a', 1, 0).next(), RangeError);
});

test('lanes grow with the rate', () => {
  assert.deepEqual([0.1, 1, 8, 8.1, 100].map(countLanes), [1, 1, 1, 2, 13]);
});
