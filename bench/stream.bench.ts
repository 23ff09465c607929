/** Flows through a relay and over gRPC: what each costs the process that does it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaptureSink } from '../src/capture/sink.ts';
import { MutableEndpointTable } from '../src/flow/endpoints.ts';
import { type Flow, TrafficDirection } from '../src/flow/gen/flow.ts';
import { Ring } from '../src/flow/ring.ts';
import { EncodedFlows } from '../src/relay/encoded-flows.ts';
import { EventBytes } from '../src/relay/event-bytes.ts';
import { startRelay } from '../src/relay/relay.ts';
import { serveGrpc } from '../src/wire/server.ts';
import { measureRuns, median, ROOT, report } from './measure.ts';
import { cpuPer, readSampleFlows } from './sample-flows.ts';

const RING = 65_535;
const events = readSampleFlows();
const folder = mkdtempSync(join(tmpdir(), 'netwatch-bench-'));

/** A process that reads `count` flows and throws them away. */
async function drain(address: string, count: number, request: object): Promise<void> {
  const child = fork(join(ROOT, 'bench/drain.ts'), [address, String(count), JSON.stringify(request)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the reader ended with ${code}`);
}

function startBenchRelay(socket: string) {
  const endpoints = new MutableEndpointTable();
  for (const { flow } of events) {
    const sides = [
      [flow?.ip?.source, flow?.source],
      [flow?.ip?.destination, flow?.destination],
    ] as const;
    for (const [address, endpoint] of sides) {
      if (address && endpoint?.podName) endpoints.addEndpoint({ addresses: [address], endpoint, local: false });
    }
  }
  let sink: CaptureSink | undefined;
  const capture = (_options: object, to: CaptureSink) => {
    sink = to;
    return { stop: () => {}, counters: () => ({}), hooks: () => [] };
  };
  const options = { nodeName: 'bench', version: '0.1.0', endpoints, scope: 'all', capture } as const;
  const relay = startRelay({ ...options, listen: [`unix://${join(folder, socket)}`] });
  return relay.then((running) => ({ relay: running, publish: (flows: readonly Flow[]) => sink?.flows(flows) }));
}

/** What a capture would deliver: flows without names, seen by the receiver so that each is published. */
const observed: readonly Flow[] = events.map(({ flow }) => {
  const {
    source: _source,
    destination: _destination,
    uuid: _uuid,
    nodeName: _node,
    summary: _text,
    ...rest
  } = flow ?? {};
  return { ...rest, trafficDirection: TrafficDirection.INGRESS };
});

async function measurePublish(): Promise<void> {
  const { relay, publish } = await startBenchRelay('publish.sock');
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const cost = await cpuPer(observed.length * 250, () => {
      for (let round = 0; round < 250; round++) publish(observed);
    });
    if (run > 0) runs.push(cost);
  }
  report({
    name: 'relay: names, sides and ring',
    value: median(runs),
    unit: 'µs/flow',
    target: '≤ 0.7 µs/flow',
    note: `${observed.length * 250} flows without a reader, median of 5`,
  });
  await relay.stop();
}

async function measureHistory(): Promise<void> {
  const { relay, publish } = await startBenchRelay('history.sock');
  for (let count = 0; count < RING; count += observed.length) publish(observed);
  const [address = ''] = relay.addresses;
  const runs: { readonly cpuUs: number; readonly perSecond: number }[] = [];
  for (let run = 0; run < 4; run++) {
    const startedMs = performance.now();
    const cpuUs = await cpuPer(RING * 5, () => drain(address, RING * 5, { repeat: 5 }));
    runs.push({ cpuUs, perSecond: (RING * 5) / ((performance.now() - startedMs) / 1000) });
  }
  const note = `the whole ring five times to one reader, its start-up in the wall time; median of 4`;
  report({ name: 'relay: history to gRPC', value: median(runs.map((r) => r.cpuUs)), unit: 'µs/flow', note });
  report({ name: 'relay: history to gRPC, rate', value: median(runs.map((r) => r.perSecond)), unit: 'flows/s', note });
  await relay.stop();
}

async function measureLive(perSecond: number, seconds: number): Promise<void> {
  const { relay, publish } = await startBenchRelay(`live-${perSecond}.sock`);
  const total = perSecond * seconds;
  const [address = ''] = relay.addresses;
  for (let count = 0; count < RING; count += observed.length) publish(observed);
  await drain(address, RING, {});
  const reader = drain(address, total, { follow: true });
  while (relay.counters()['relay.readers'] === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const before = process.cpuUsage();
  const startedMs = performance.now();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1000) * perSecond));
    for (; sent < due; sent += Math.min(64, due - sent)) {
      const from = sent % (observed.length - 64);
      publish(observed.slice(from, from + Math.min(64, due - sent)));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await reader;
  const { user, system } = process.cpuUsage(before);
  const percent = (user + system) / 1e4 / ((performance.now() - startedMs) / 1000);
  const lost = relay.counters()['relay.lostByReaders'] ?? 0;
  const name = `relay: live at ${perSecond / 1000}k flows/s to one reader`;
  const note = `${seconds} s after a warm-up, capture faked, ${lost} flows lost`;
  report({ name, value: percent, unit: '% of a core', target: perSecond === 100_000 ? '≤ 10 %' : '–', note });
  await relay.stop();
}

async function measureClient(): Promise<void> {
  const FLOWS = 200_000;
  const bytes = new EventBytes(1);
  const encoded = new EncodedFlows(new Ring(1, bytes), bytes, { withDetail: false });
  const pieces = [...encoded.encode({ events: [...events], positions: events.map(() => -1) })];
  const rounds = Math.ceil(FLOWS / events.length);
  const server = await serveGrpc({
    listen: [`unix://${join(folder, 'client.sock')}`],
    routes: {
      '/observer.Observer/GetFlows': {
        kind: 'stream',
        async *answer() {
          for (let round = 0; round < rounds; round++) yield* pieces;
        },
      },
    },
  });
  const [address = ''] = server.addresses;
  const flows = rounds * events.length;
  const note = `${flows} flows, CPU of the client process, start-up included, median of 3`;
  for (const [format, target] of [
    ['compact', '≤ 2.6 µs/flow'],
    ['json', '≤ 7 µs/flow'],
  ] as const) {
    const usage = await measureRuns(['observe', '--server', address, '--all', '-o', format], 3);
    report({ name: `client: gRPC to ${format}`, value: (usage.cpuMs * 1000) / flows, unit: 'µs/flow', target, note });
    report({ name: `client: gRPC to ${format}, memory`, value: usage.maxRssMb, unit: 'MB peak', target: '≤ 60 MB' });
  }
  await server.stop();
}

try {
  await measurePublish();
  await measureHistory();
  await measureLive(20_000, 3);
  await measureLive(100_000, 3);
  if (existsSync(join(ROOT, 'dist/netwatch.js'))) await measureClient();
} finally {
  rmSync(folder, { recursive: true });
}
