import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import { createEndpointTable } from '../../../src/lab/endpoint-table.ts';
import { labCgroup, MAX_LABS, namespacesOf, planLab, slotOf } from '../../../src/lab/plan.ts';
import { DENY_COMMENT, renderRuleset } from '../../../src/lab/policy.ts';

const plans = [0, 1, 42, MAX_LABS - 1].map(planLab);

test('every address, namespace and link belongs to one pod of one lab', () => {
  const addresses = plans.flatMap(({ pods, services }) => [...pods, ...services].map((each) => each.address));
  assert.ok(addresses.every(isIPv4));
  assert.equal(new Set(addresses).size, addresses.length);
  const namespaces = plans.flatMap(namespacesOf);
  assert.equal(new Set(namespaces).size, namespaces.length);
  for (const { pods } of plans) assert.equal(new Set(pods.map((pod) => pod.link)).size, pods.length);
});

test('names fit the kernel: 15 bytes for a link, and 128 for a comment', () => {
  for (const plan of plans) {
    for (const { link } of plan.pods) assert.ok(Buffer.byteLength(link) <= 15, link);
    const comments = [...renderRuleset(plan).matchAll(/comment "([^"]*)"/g)].map(([, comment]) => comment ?? '');
    assert.ok(comments.length > 0 && comments.every((comment) => comment.length <= 128));
  }
});

test('a slot is found again in its names, and in no others', () => {
  for (const plan of plans) {
    for (const name of [...namespacesOf(plan), labCgroup(plan.slot)]) assert.equal(slotOf(name), plan.slot, name);
  }
  for (const name of ['nw-lab', 'nw-labx', 'nw-lab1x', 'my-nw-lab1-node', 'nw-lab1234-node', '']) {
    assert.equal(slotOf(name), undefined, name);
  }
});

test('a slot out of range is an error', () => {
  for (const slot of [-1, 0.5, MAX_LABS, Number.NaN]) assert.throws(() => planLab(slot), RangeError);
});

test('every service has backends, and its rule sends to each of them', () => {
  for (const plan of plans) {
    const rules = renderRuleset(plan).split('\n');
    for (const service of plan.services) {
      assert.ok(service.backends.length > 0, service.name);
      for (const { port } of service.ports) {
        const rule = rules.find(
          (line) => line.includes(`daddr ${service.address} `) && line.includes(`dport ${port} `),
        );
        for (const { address } of service.backends) assert.ok(rule?.includes(address), `${service.name}: ${rule}`);
      }
    }
  }
});

test('the ruleset denies by default only what leads to payments', () => {
  const [plan] = plans;
  assert.ok(plan !== undefined);
  const ruleset = renderRuleset(plan);
  assert.equal(ruleset.split(`drop comment "${DENY_COMMENT}"`).length, 2);
  const guarded = plan.pods.filter((pod) => ruleset.includes(`oifname "${pod.link}"`));
  assert.deepEqual(
    guarded.map((pod) => pod.namespace),
    ['payments'],
  );
});

test('every pod and service port is in the endpoint table, under names of its own', () => {
  for (const plan of plans) {
    const table = createEndpointTable(plan);
    const known = plan.pods.map((pod) => table.byAddress(pod.address));
    assert.deepEqual(
      known.map((each) => each?.endpoint.podName),
      plan.pods.map((pod) => pod.name),
    );
    assert.ok(known.every((each) => each?.local === true));
    assert.equal(new Set(known.map((each) => each?.endpoint.id)).size, plan.pods.length);
    for (const service of plan.services) {
      for (const { port } of service.ports) {
        const found = table.serviceAt(service.address, port);
        assert.deepEqual(found?.service, { name: service.name, namespace: service.namespace });
        assert.deepEqual(
          found.backends,
          service.backends.map((pod) => pod.address),
        );
      }
    }
  }
});

test('labels are sorted, and replicas share an identity that others do not', () => {
  const [plan] = plans;
  assert.ok(plan !== undefined);
  const table = createEndpointTable(plan);
  const byApp = new Map<string, Set<number | undefined>>();
  for (const pod of plan.pods) {
    const endpoint = table.byAddress(pod.address)?.endpoint;
    assert.deepEqual(endpoint?.labels, [...(endpoint?.labels ?? [])].sort());
    assert.ok(endpoint?.labels?.includes(`k8s:app=${pod.app}`));
    byApp.set(pod.app, (byApp.get(pod.app) ?? new Set()).add(endpoint?.identity));
  }
  assert.ok([...byApp.values()].every((identities) => identities.size === 1));
  assert.equal(new Set([...byApp.values()].flatMap((identities) => [...identities])).size, byApp.size);
});
