/** The product as its users run it: the bundled command line, the demo's real traffic, a relay's real socket. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Ledger } from '../../src/lab/ledger.ts';

const run = promisify(execFile);
const NETWATCH = join(import.meta.dirname, '../../bin/netwatch');
const MAX_OUTPUT = 2 ** 26;

function reasonToSkip(): string | false {
  if (process.geteuid?.() !== 0) return 'needs root: loads BPF programs and makes network namespaces';
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF';
  return false;
}

/** What these tests read of a JSON line. */
interface Line {
  readonly flow?: {
    readonly verdict: string;
    readonly drop_reason_desc?: string;
    readonly source?: { readonly pod_name?: string };
    readonly destination?: { readonly pod_name?: string };
    readonly l4?: { readonly TCP?: { readonly source_port?: number; readonly destination_port?: number } };
    readonly l7?: {
      readonly type: string;
      readonly latency_ns?: string;
      readonly http?: { readonly code?: number; readonly method: string; readonly url: string };
      readonly dns?: { readonly rcode?: number; readonly query: string };
    };
    readonly extensions?: { readonly value: { readonly event: string } };
  };
  readonly lost_events?: { readonly num_events_lost: string };
}
type SeenFlow = NonNullable<Line['flow']>;

const parseLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
const sum = (entries: readonly { readonly count: number }[]): number => entries.reduce((n, { count }) => n + count, 0);

/** Counts by a key, as sorted text, so that a difference can be read. */
function tally<T>(entries: readonly T[], keyOf: (entry: T) => string, countOf: (entry: T) => number): string[] {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + countOf(entry));
  return [...counts].map(([key, count]) => `${key} × ${count}`).sort();
}

const pair = (flow: SeenFlow): string => `${flow.source?.pod_name} → ${flow.destination?.pod_name}`;
const template = (url: string): string => new URL(url).pathname.replaceAll(/(?<=\/)\d+(?=\/|$)/g, '{id}');

describe('demo --for, as JSON lines', { skip: reasonToSkip() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'netwatch-demo-'));
  let lines: readonly Line[] = [];
  let flows: readonly SeenFlow[] = [];
  let ledger: Ledger;

  before(async () => {
    const ledgerFile = join(folder, 'ledger.json');
    const listen = `unix://${folder}/demo.sock`;
    const args = ['demo', '--scenario', 'incident', '--for', '8s', '-o', 'json', '--ledger', ledgerFile];
    const { stdout } = await run(NETWATCH, [...args, '--listen', listen], { maxBuffer: MAX_OUTPUT });
    lines = parseLines(stdout);
    flows = lines.flatMap(({ flow }) => flow ?? []);
    ledger = JSON.parse(readFileSync(ledgerFile, 'utf8')) as Ledger;
  });
  after(() => rmSync(folder, { recursive: true }));

  test('loses nothing, and says so', () => {
    assert.deepEqual(
      lines.filter(({ lost_events }) => lost_events !== undefined),
      [],
    );
    assert.deepEqual(ledger.failures, []);
  });

  test('shows every HTTP answer once, with the right ends, path and status', () => {
    const answers = flows.filter(({ l7 }) => l7?.type === 'RESPONSE' && l7.http !== undefined);
    const seen = tally(
      answers,
      (flow) => {
        const { http } = flow.l7 ?? {};
        const ends = `${flow.destination?.pod_name} → ${flow.source?.pod_name}`;
        return `${ends} ${http?.method} ${template(http?.url ?? '')} ${http?.code}`;
      },
      () => 1,
    );
    const sent = tally(
      ledger.requests,
      ({ client, server, method, path, status }) => `${client} → ${server} ${method} ${path} ${status}`,
      ({ count }) => count,
    );
    assert.ok(sent.length > 5);
    assert.deepEqual(seen, sent);
    assert.ok(answers.every(({ l7 }) => Number(l7?.latency_ns) > 0));
  });

  test('shows every DNS answer once, with its code', () => {
    const answers = flows.filter(({ l7 }) => l7?.type === 'RESPONSE' && l7.dns !== undefined);
    const codes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
    const seen = tally(
      answers,
      ({ destination, l7 }) => `${destination?.pod_name} ${l7?.dns?.query} ${codes[l7?.dns?.rcode ?? 0]}`,
      () => 1,
    );
    const sent = tally(
      ledger.queries,
      ({ client, name, rcode }) => `${client} ${name.replace(/\.?$/, '.')} ${rcode}`,
      ({ count }) => count,
    );
    assert.ok(seen.some((row) => row.includes('NXDOMAIN')));
    assert.deepEqual(seen, sent);
  });

  test('shows each refused connect as one dropped SYN and one failed connect', () => {
    const refused = sum(ledger.connects.filter(({ outcome }) => outcome === 'refused'));
    const drops = flows.filter((flow) => flow.drop_reason_desc === 'SOCKET_LOOKUP_FAILED');
    assert.ok(refused > 0);
    assert.equal(drops.length, refused);
  });

  test('shows what the policy drops, and nothing else, as denied', () => {
    const denied = flows.filter((flow) => flow.drop_reason_desc === 'POLICY_DENIED');
    const attempts = sum(ledger.connects.filter(({ outcome }) => outcome === 'timed-out'));
    const connections = new Set(denied.map(({ l4 }) => l4?.TCP?.source_port));
    assert.ok(attempts > 0);
    assert.equal(connections.size, attempts);
    for (const flow of denied) assert.match(pair(flow), /^legacy-report-\S+ → payments-\S+$/);
    assert.equal(flows.filter(({ verdict }) => verdict === 'DROPPED').length, denied.length + sumRefused(ledger));
  });

  test('leaves nothing behind', () => {
    assert.equal(existsSync(join(folder, 'demo.sock')), false);
    assert.deepEqual(
      readdirSync('/run/netns').filter((name) => /^nw-lab\d+-/.test(name)),
      [],
    );
  });
});

const sumRefused = ({ connects }: Ledger): number => sum(connects.filter(({ outcome }) => outcome === 'refused'));

describe('observe against the relay of a running demo', { skip: reasonToSkip() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'netwatch-demo-'));
  const server = `unix://${folder}/demo.sock`;
  let demo: ChildProcess;
  const observe = async (...args: string[]): Promise<string> =>
    (await run(NETWATCH, ['observe', '--server', server, ...args], { maxBuffer: MAX_OUTPUT })).stdout;

  before(async () => {
    demo = spawn(NETWATCH, ['demo', '--listen', server, '-o', 'compact', '--seed', '7', '--rate', '4'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      demo.stderr?.on('data', (text) => String(text).includes('another terminal') && resolve());
      demo.on('exit', (status) => reject(new Error(`the demo ended with ${status}`)));
    });
    // Until the rarest fault was seen.
    const deadline = AbortSignal.timeout(60_000);
    while (!(await observe('--all', '--http-status', '5+')).includes('503')) deadline.throwIfAborted();
  });
  after(async () => {
    const ended = new Promise((resolve) => demo.once('close', resolve));
    demo.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  });

  test('--from finds a workload in any namespace', async () => {
    const lines = (await observe('--all', '--from', 'frontend')).trimEnd().split('\n');
    assert.ok(lines.length > 1);
    for (const line of lines) assert.match(line, /shop\/frontend-/);
  });

  test('--verdict DROPPED names both ends, and why', async () => {
    const flows = parseLines(await observe('--all', '--verdict', 'DROPPED', '-o', 'json')).flatMap(
      ({ flow }) => flow ?? [],
    );
    assert.ok(flows.length > 0);
    for (const flow of flows) {
      assert.ok(flow.source?.pod_name && flow.destination?.pod_name && flow.drop_reason_desc, JSON.stringify(flow));
    }
  });

  test('--http-status 5+ prints failed requests only', async () => {
    const lines = (await observe('--all', '--http-status', '5+')).trimEnd().split('\n');
    for (const line of lines) assert.match(line, /http-response FORWARDED \(HTTP\/1\.1 5\d\d \d+ms /);
  });

  test('what it prints as JSON reads back to the same lines', async () => {
    const json = await observe('--last', '200', '-o', 'json');
    const file = join(folder, 'flows.jsonl');
    writeFileSync(file, json);
    const again = await run(NETWATCH, ['observe', '--input-file', file, '-o', 'json'], { maxBuffer: MAX_OUTPUT });
    assert.equal(again.stdout, json);
  });

  test('a reader that goes away ends it quietly', async () => {
    const { stdout, stderr } = await run('sh', ['-c', `${NETWATCH} observe --server ${server} --all | head -n 1`]);
    assert.equal(stdout.split('\n').length, 2);
    assert.equal(stderr, '');
  });
});
