/**
 * What watching costs the watched: nginx and wrk on two ends of a veth pair, the same load with and without a relay
 * and a client that follows it, in turns. Needs root, nginx and wrk (Debian: nginx-light, wrk).
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, ROOT, report } from './measure.ts';

const ROUNDS = 5;
const SECONDS = 3;
const SERVER = 'nw-bench-server';
const CLIENT = 'nw-bench-client';
const ADDRESS = '10.249.0.1';
const CONNECTIONS = 16;
const folder = mkdtempSync(join(tmpdir(), 'netwatch-bench-'));
const socket = `unix://${folder}/relay.sock`;

const ip = (...args: string[]): void => void execFileSync('ip', args);
const inside = (netns: string, ...argv: string[]): string[] => ['netns', 'exec', netns, ...argv];

function createNetwork(): void {
  for (const name of [SERVER, CLIENT]) ip('netns', 'add', name);
  ip('link', 'add', 'eth0', 'netns', SERVER, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', CLIENT);
  const addresses = { [SERVER]: ADDRESS, [CLIENT]: '10.249.0.2' };
  for (const [name, address] of Object.entries(addresses)) {
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
}

function startNginx(): ChildProcess {
  const config = `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; server { listen ${ADDRESS}:80; location / { return 200 "ok"; } } }`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  return spawn('ip', inside(SERVER, 'nginx', '-c', join(folder, 'nginx.conf')), { stdio: 'ignore' });
}

function requestsPerSecond(close: boolean): number {
  const header = close ? ['-H', 'Connection: close'] : [];
  const wrk = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, ...header, `http://${ADDRESS}/path`];
  const text = execFileSync('ip', inside(CLIENT, ...wrk), { encoding: 'utf8' });
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

interface Watching {
  readonly relayCpuMs: number;
  readonly rssMb: number;
  readonly events: number;
}

/** Runs `work` while a relay records everything and one client follows it. */
async function whileWatching(work: () => number): Promise<{ readonly value: number; readonly watching: Watching }> {
  const netwatch = (...args: string[]) =>
    spawn(process.execPath, [join(ROOT, 'dist/netwatch.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const relay = netwatch('relay', '--listen', socket);
  await new Promise((resolve) => relay.stderr.on('data', (text) => String(text).includes('serving') && resolve(0)));
  const client = netwatch('observe', '--server', socket, '-f', '-o', 'compact');
  client.stdout.resume();
  try {
    await sleep(500);
    const before = cpuMs(relay.pid ?? 0);
    const value = work();
    await sleep(300);
    const relayCpuMs = cpuMs(relay.pid ?? 0) - before;
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${relay.pid}/status`, 'utf8'))?.[1]) / 1024;
    const status = execFileSync(process.execPath, [
      join(ROOT, 'dist/netwatch.js'),
      'status',
      '--server',
      socket,
      '-o',
      'json',
    ]);
    const events = Number(JSON.parse(String(status)).seen_flows);
    return { value, watching: { relayCpuMs, rssMb, events } };
  } finally {
    for (const child of [client, relay]) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.on('close', resolve));
    }
  }
}

async function compare(name: string, close: boolean, target: string): Promise<void> {
  const ratios: number[] = [];
  const bare: number[] = [];
  const watchings: Watching[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const without = requestsPerSecond(close);
    const { value, watching } = await whileWatching(() => requestsPerSecond(close));
    bare.push(without);
    ratios.push(value / without);
    watchings.push(watching);
  }
  const note = `${CONNECTIONS} connections, ${ROUNDS} rounds in turns, ${Math.round(median(bare))} requests/s without`;
  report({ name: `${name}, requests/s with against without`, value: median(ratios), unit: '×', target, note });
  const perFlow = watchings.map((w) => (w.relayCpuMs * 1000) / w.events);
  report({ name: `${name}, relay CPU`, value: median(perFlow), unit: 'µs/flow', target: '≤ 2.5 µs/flow' });
  report({ name: `${name}, relay memory`, value: median(watchings.map((w) => w.rssMb)), unit: 'MB' });
}

createNetwork();
const nginx = startNginx();
try {
  await sleep(500);
  await compare('keep-alive', false, '≥ 0.95');
  await compare('connection per request', true, '≥ 0.92');
} finally {
  nginx.kill('SIGTERM');
  await new Promise((resolve) => nginx.on('close', resolve));
  for (const name of [SERVER, CLIENT]) ip('netns', 'del', name);
  rmSync(folder, { recursive: true });
}
