import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planBehaviour } from '../../../src/lab/behaviour.ts';
import { fillPath, matchesPath } from '../../../src/lab/path-template.ts';
import { planLab } from '../../../src/lab/plan.ts';
import { planSettings } from '../../../src/lab/pod-settings.ts';
import { describeScenario, findScenario, SCENARIOS } from '../../../src/lab/scenario.ts';
import type { PodSettings, RequestTemplate, Target } from '../../../src/lab/settings.ts';
import { serviceHost } from '../../../src/lab/shop.ts';

const plan = planLab(0);
const pace = { seed: 1, rate: 1 };

/** Everything any pod sends, with the route that answers it; undefined where nothing listens. */
function findRoutes(settings: ReadonlyMap<string, PodSettings>): { sent: Target & RequestTemplate; served: boolean }[] {
  const sent = [...settings.values()].flatMap(({ tasks, http }) => [
    ...tasks.flatMap((task) => (task.kind === 'http' ? task.requests.map((request) => ({ ...task, ...request })) : [])),
    ...(http?.routes ?? []).flatMap((route) => route.calls ?? []),
  ]);
  return sent.map((request) => {
    const service = plan.services.find(({ namespace, name }) => serviceHost(namespace, name) === request.host);
    const port = service?.ports.find((each) => each.port === request.port);
    const servers = (service?.backends ?? []).map((pod) => settings.get(pod.name)?.http);
    const served = servers.every(
      (http) =>
        http?.port === port?.targetPort &&
        http?.routes.some(
          (route) => route.method === request.method && matchesPath(route.path, fillPath(request.path, 7)),
        ),
    );
    return { sent: request, served: served && servers.length > 0 };
  });
}

test('names are unique and each scenario is found by its own', () => {
  assert.equal(new Set(SCENARIOS.map((scenario) => scenario.name)).size, SCENARIOS.length);
  for (const scenario of SCENARIOS) assert.equal(findScenario(scenario.name), scenario);
});

test('an unknown name is a usage error that lists the names', () => {
  assert.throws(() => findScenario('Incident'), { name: 'NetwatchError', code: 'usage', hint: /incident, healthy/ });
});

test('every single fault has a scenario, and the incident has them all', () => {
  const single = SCENARIOS.filter((scenario) => scenario.faults.length === 1).flatMap((scenario) => scenario.faults);
  assert.deepEqual([...single].sort(), [...findScenario('incident').faults].sort());
});

test('every pod of the plan has a behaviour and a description', () => {
  const apps = new Set(plan.pods.map((pod) => pod.app));
  assert.deepEqual(new Set(Object.keys(planBehaviour([]))), apps);
  for (const scenario of SCENARIOS) {
    const { roles, wrong } = describeScenario(scenario);
    assert.equal(roles.length, apps.size);
    assert.equal(wrong.length, scenario.faults.length);
  }
});

test('the healthy shop answers all that it asks, and nothing fails or is held', () => {
  const settings = planSettings(plan, findScenario('healthy'), pace);
  const routes = findRoutes(settings);
  assert.ok(routes.length > 10);
  assert.deepEqual(
    routes.filter((route) => !route.served),
    [],
  );
  const served = [...settings.values()].flatMap(({ http }) => http?.routes ?? []);
  assert.ok(served.every((route) => route.failure === undefined && route.held === undefined));
  assert.ok(!routes.some(({ sent }) => sent.path.includes('settlements')));
});

test('what the incident asks in vain is what its faults say', () => {
  const routes = findRoutes(planSettings(plan, findScenario('incident'), pace));
  const vain = routes.filter((route) => !route.served).map(({ sent }) => `${sent.host}:${sent.port}${sent.path}`);
  assert.deepEqual(vain.sort(), [
    'payments.payments.svc.cluster.local:80/v1/settlements/{id}',
    'store.shop.svc.cluster.local:9090/metrics',
  ]);
});

test('tasks of a pod have names of their own', () => {
  for (const { tasks } of planSettings(plan, findScenario('incident'), pace).values()) {
    assert.equal(new Set(tasks.map((task) => task.name)).size, tasks.length);
  }
});
