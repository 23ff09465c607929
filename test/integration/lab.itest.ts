import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetwatchError } from '../../src/base/error.ts';
import { findCgroup2Mount } from '../../src/lab/cgroup.ts';
import { type Lab, type LabOptions, type LabPod, startLab } from '../../src/lab/lab.ts';
import { type Ledger, sumCounts } from '../../src/lab/ledger.ts';
import { labCgroup, namespacesOf } from '../../src/lab/plan.ts';
import { runPodCommand } from '../../src/lab/run-pod-command.ts';
import { SCENARIOS, type Scenario } from '../../src/lab/scenario.ts';

const skip = process.geteuid?.() !== 0 ? 'needs root: the lab makes network namespaces' : false;
const podProgram = { command: process.execPath, args: [join(import.meta.dirname, '../../src/lab/pod.ts')] };
const start = (options: Partial<LabOptions> & { readonly scenario: string }): Promise<Lab> =>
  startLab({ podProgram, onFailure: (error) => assert.fail(error.message), ...options });

function podOf(lab: Lab, app: string): LabPod {
  const pod = lab.pods().find((each) => each.app === app);
  assert.ok(pod !== undefined, `no pod of ${app}`);
  return pod;
}

/** Packets that rules with this comment have counted, all families of counters in one number. */
async function countPackets(lab: Lab, comment: string): Promise<number> {
  const { stdout } = await runPodCommand(lab.node, ['nft', 'list', 'ruleset']);
  const rules = stdout.split('\n').filter((line) => line.includes(`comment "${comment}"`));
  assert.ok(rules.length > 0, `no rule "${comment}"`);
  return rules.reduce((sum, rule) => sum + Number(/counter packets (\d+)/.exec(rule)?.[1]), 0);
}

/** Everything of the lab that can be seen from outside. */
function findTraces(lab: Lab): readonly string[] {
  const netns = readdirSync('/run/netns').filter((name) => namespacesOf(lab.plan).includes(name));
  const mount = findCgroup2Mount(readFileSync('/proc/mounts', 'utf8'));
  const cgroups = mount === undefined ? [] : readdirSync(mount).filter((name) => name === labCgroup(lab.slot));
  const pids = lab.pods().flatMap(({ pid }) => (isAlive(pid) ? [`process ${pid}`] : []));
  return [...netns, ...cgroups, ...pids];
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const total = (entries: readonly { readonly count: number }[]): number => sumCounts(entries, () => true);
const faultsIn = ({ requests, queries, connects }: Ledger): Record<string, boolean> => ({
  errors: requests.some(({ status }) => status >= 400),
  slow: requests.some(({ slow }) => slow),
  dns: queries.some(({ rcode }) => rcode !== 'NOERROR'),
  refused: connects.some(({ outcome }) => outcome === 'refused'),
  'policy-drop': connects.some(({ outcome }) => outcome === 'timed-out'),
});

describe('a healthy shop at rest', { skip }, () => {
  let lab: Lab;
  before(async () => {
    lab = await start({ scenario: 'healthy', paused: true });
  });
  after(() => lab.stop());

  test('sends nothing while paused', async () => {
    await sleep(300);
    assert.equal(await countPackets(lab, 'kube-system/kube-dns:dns cluster IP'), 0);
    assert.deepEqual(await lab.ledger(), { requests: [], queries: [], connects: [], failures: [] });
  });

  test('a service address answers, by a pod behind it, in turn', async () => {
    const service = lab.plan.services.find((each) => each.name === 'frontend');
    const served = new Set<string>();
    for (let request = 0; request < 4; request++) {
      const argv = ['bash', '-c', HTTP_BY_BASH, 'bash', service?.address ?? '', '80', '/healthz'];
      const { stdout, stderr } = await runPodCommand(podOf(lab, 'gateway'), argv);
      assert.match(stdout, /^HTTP\/1\.1 200 /, stderr);
      served.add(/x-served-by: (\S+)/i.exec(stdout)?.[1] ?? '');
    }
    assert.deepEqual(served, new Set(service?.backends.map((pod) => pod.name)));
  });

  test('a command in a pod runs in its cgroup', async (t) => {
    const { cgroup } = podOf(lab, 'store');
    if (cgroup === undefined) return t.skip('this machine gives pods no cgroup');
    const { stdout } = await runPodCommand(podOf(lab, 'store'), ['cat', '/proc/self/cgroup']);
    assert.match(stdout, new RegExp(`^0::.*${podOf(lab, 'store').name}$`, 'm'));
    const pids = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').map(Number);
    assert.ok(pids.includes(podOf(lab, 'store').pid));
    assert.ok(statSync(cgroup).ino > 1);
  });

  test('a caller that no policy allows is dropped and counted, an allowed one is not', async () => {
    const payments = lab.plan.services.find((each) => each.name === 'payments')?.address ?? '';
    const connect = (app: string): ReturnType<typeof runPodCommand> =>
      runPodCommand(podOf(lab, app), ['timeout', '0.5', 'bash', '-c', `exec 3<>/dev/tcp/${payments}/80`]);
    assert.equal((await connect('prober')).status, 0);
    assert.equal(await countPackets(lab, 'Policy payments/default-deny ingress'), 0);
    assert.equal((await connect('legacy-report')).status, 124);
    assert.equal(await countPackets(lab, 'Policy payments/default-deny ingress'), 1);
  });

  test('a closed port refuses', async () => {
    const store = lab.plan.services.find((each) => each.name === 'store')?.address ?? '';
    const argv = ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${store}/9090`];
    const { status, stderr } = await runPodCommand(podOf(lab, 'prober'), argv);
    assert.equal(status, 1);
    assert.match(stderr, /refused/i);
  });
});

// Only bash: the machine may have no curl, and the test must not need one.
const HTTP_BY_BASH = `
exec 3<>"/dev/tcp/$1/$2"
printf 'GET %s HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n' "$3" >&3
cat <&3`;

/** Counts every packet, where rules of the lab count once per conntrack entry and a reused port is an old entry. */
async function addCounters(lab: Lab): Promise<void> {
  const table = `
table ip probe {
  chain seen {
    type filter hook prerouting priority raw;
    ip daddr 10.96.0.0/16 udp dport 53 counter comment "queries over UDP"
    ip daddr 10.96.0.0/16 tcp dport 53 tcp flags & (syn | ack) == syn counter comment "queries over TCP"
    ip daddr 10.96.0.0/16 tcp flags & (syn | ack) == syn counter comment "SYN"
  }
}
`;
  const { status, stderr } = await runPodCommand(lab.node, ['nft', '-f', '-'], table);
  assert.equal(status, 0, stderr);
}

describe('every scenario shows its faults and no others, and every count adds up', { skip, concurrency: 2 }, () => {
  for (const scenario of SCENARIOS) test(scenario.name, (t) => checkScenario(scenario, t));
});

async function checkScenario(scenario: Scenario, t: TestContext): Promise<void> {
  const rounds = 11;
  const lab = await start({ scenario: scenario.name, rate: 8, rounds, paused: true });
  t.after(() => lab.stop());
  await addCounters(lab);
  await lab.resume();
  await lab.finished();
  await lab.pause();
  const { requests, queries, connects, failures } = await lab.ledger();
  const shown = faultsIn({ requests, queries, connects, failures });
  assert.deepEqual(
    Object.keys(shown).filter((fault) => shown[fault]),
    Object.keys(shown).filter((fault) => scenario.faults.some((each) => each === fault)),
  );
  assert.deepEqual(failures, []);

  const client = podOf(lab, 'gateway').name;
  assert.equal(
    sumCounts(requests, (entry) => entry.client === client),
    2 * rounds,
  );
  for (const transport of ['udp', 'tcp'] as const) {
    const sent = sumCounts(queries, (entry) => entry.transport === transport);
    assert.equal(await countPackets(lab, `queries over ${transport.toUpperCase()}`), sent);
  }
  const timedOut = sumCounts(connects, ({ outcome }) => outcome === 'timed-out');
  assert.equal(timedOut, scenario.faults.includes('policy-drop') ? rounds : 0);
  const drops = await countPackets(lab, 'Policy payments/default-deny ingress');
  assert.ok(drops >= timedOut && drops <= 2 * timedOut, `${drops} drops for ${timedOut} attempts`);
  const overTcp = sumCounts(queries, ({ transport }) => transport === 'tcp');
  assert.equal(await countPackets(lab, 'SYN'), overTcp + total(connects) - timedOut + drops);
}

test('the same seed sends the same requests, another seed others', { skip }, async (t) => {
  const run = async (seed: number): Promise<Ledger> => {
    const lab = await start({ scenario: 'errors', rate: 8, rounds: 7, seed });
    t.after(() => lab.stop());
    await lab.finished();
    await lab.pause();
    return lab.ledger();
  };
  // Which replica gets a connection hangs on who comes first; what is asked and answered does not.
  const summary = ({ requests }: Ledger): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const { client, method, path, status, count } of requests) {
      const key = `${client.replace(/^frontend.*/, 'frontend')} ${method} ${path} ${status}`;
      sums[key] = (sums[key] ?? 0) + count;
    }
    return sums;
  };
  const [first, again, other] = await Promise.all([run(5), run(5), run(6)]);
  assert.deepEqual(summary(first), summary(again));
  assert.notDeepEqual(summary(first), summary(other));
});

test('pausing in full flight leaves no request uncounted', { skip }, async (t) => {
  const lab = await start({ scenario: 'incident', rate: 20 });
  t.after(() => lab.stop());
  for (let round = 0; round < 3; round++) {
    await lab.resume();
    await sleep(400);
    await lab.pause();
    const { requests, failures, connects } = await lab.ledger();
    assert.deepEqual(failures, []);
    // What the gateway asked of frontend for products, frontend asked of store: nothing got lost between.
    const asked = sumCounts(requests, ({ path }) => path === '/products/{id}');
    assert.equal(
      sumCounts(requests, ({ path }) => path === '/v1/products/{id}'),
      asked,
    );
    assert.ok(asked > 0);
    const sockets = await Promise.all(
      lab.pods().map((pod) => runPodCommand(pod, ['ss', '-Htn', 'state', 'established'])),
    );
    assert.deepEqual(sockets.map(({ stdout }) => stdout.trim()).filter(Boolean), [], 'connections are still open');
    assert.ok(total(connects) > 0);
  }
});

test('stop leaves nothing, can be called again, and commands in pods end', { skip }, async () => {
  const lab = await start({ scenario: 'healthy' });
  const command = runPodCommand(podOf(lab, 'store'), ['sleep', '60']);
  await sleep(200);
  assert.ok(findTraces(lab).length > 10);
  await lab.stop();
  await lab.stop();
  assert.deepEqual(findTraces(lab), []);
  assert.notEqual((await command).status, 0);
  await assert.rejects(lab.ledger(), { code: 'lab' });
});

test('a pod program that does not run is one error, and nothing is left', { skip }, async () => {
  const namespaces = readdirSync('/run/netns').sort();
  const missing = { command: process.execPath, args: ['/nonexistent/pod.js'] };
  await assert.rejects(startLab({ scenario: 'healthy', podProgram: missing }), (error: NetwatchError) => {
    assert.equal(error.code, 'lab');
    assert.match(error.message, /^pod \S+ ended with status 1: Error: Cannot find module/);
    return true;
  });
  assert.deepEqual(
    readdirSync('/run/netns').filter((name) => !namespaces.includes(name) && name.startsWith('nw-lab')),
    [],
  );
});

for (const afterMs of [0, 150, 400, 700]) {
  test(`aborting stops a lab that has been starting for ${afterMs} ms, and that is all that is told`, {
    skip,
  }, async () => {
    const abort = new AbortController();
    const starting = start({ scenario: 'healthy', signal: abort.signal });
    setTimeout(() => abort.abort(), afterMs);
    await assert.rejects(
      starting.then((lab) => lab.stop().then(() => abort.signal.throwIfAborted())),
      { name: 'AbortError' },
    );
  });
}

test('a pod that dies is told by name', { skip }, async (t) => {
  const failures: NetwatchError[] = [];
  const lab = await start({ scenario: 'healthy', onFailure: (error) => failures.push(error) });
  t.after(() => lab.stop());
  const { pid, name } = podOf(lab, 'cart');
  process.kill(pid, 'SIGKILL');
  await assert.rejects(lab.finished(), { code: 'lab' });
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.message ?? '', new RegExp(`pod ${name} ended with SIGKILL`));
});

test('what cannot be asked for is a usage error before anything is made', { skip }, async () => {
  await assert.rejects(start({ scenario: 'nonsense' }), { code: 'usage' });
  for (const rate of [0, -1, Number.NaN]) await assert.rejects(start({ scenario: 'healthy', rate }), { code: 'usage' });
});
