/**
 * The program of one pod: started by the lab inside the pod's network namespace with an IPC channel, told by a `listen`
 * order what to serve and to send. Ends when the channel closes, so that no pod outlives its lab.
 */
import { messageOf } from '../base/error.ts';
import { DnsClient } from './dns-client.ts';
import { serveDns } from './dns-server.ts';
import { Gate } from './gate.ts';
import { HttpClient } from './http-client.ts';
import { serveHttp } from './http-server.ts';
import { LedgerCounter } from './ledger.ts';
import type { PodAnswer, PodOrder, PodSettings, UpstreamCall } from './settings.ts';
import { runTask } from './task.ts';

interface Pod {
  readonly ledger: LedgerCounter;
  readonly gate: Gate;
  readonly clients: readonly HttpClient[];
  /** Resolves when every task has done its rounds. */
  readonly finished: Promise<unknown>;
}

let pod: Pod | undefined;

function send(answer: PodAnswer): void {
  process.send?.(answer);
}

async function startPod(settings: PodSettings): Promise<Pod> {
  const ledger = new LedgerCounter(settings.pod);
  const dns = new DnsClient(settings.dnsAddress, ledger);
  const gate = new Gate();
  const clients: HttpClient[] = [];
  const upstreams = new Map<UpstreamCall, HttpClient>();
  const clientFor = (call: UpstreamCall): HttpClient => {
    let client = upstreams.get(call);
    if (client === undefined) {
      client = new HttpClient(call, dns, ledger);
      upstreams.set(call, client);
      clients.push(client);
    }
    return client;
  };
  if (settings.dns !== undefined) await serveDns(settings.dns);
  if (settings.http !== undefined)
    await serveHttp(settings.http, { pod: settings.pod, seed: settings.seed, clientFor });
  const context = { settings, dns, ledger, gate, clients };
  return { ledger, gate, clients, finished: Promise.all(settings.tasks.map((task) => runTask(task, context))) };
}

async function obey(order: PodOrder): Promise<PodAnswer> {
  if (order.kind === 'listen') {
    pod = await startPod(order.settings);
    // A task that fails is a bug of the lab: it ends the pod, and the lab tells.
    pod.finished.catch(fail);
    return { kind: 'listen' };
  }
  if (pod === undefined) throw new Error(`${order.kind} before listen`);
  switch (order.kind) {
    case 'resume':
      pod.gate.open();
      break;
    case 'pause':
      await pod.gate.shut();
      break;
    case 'finish':
      await pod.finished;
      break;
    case 'close':
      await Promise.all(pod.clients.map((client) => client.closeIdle()));
      break;
    case 'ledger':
      return { kind: 'ledger', ledger: pod.ledger.read() };
  }
  return { kind: order.kind };
}

function fail(error: unknown): void {
  send({ kind: 'failed', message: messageOf(error) });
  process.disconnect?.();
}

process.on('message', (order: PodOrder) => void obey(order).then(send, fail));
process.on('disconnect', () => process.exit(0));
// Ctrl-C in a terminal, and its closing, reach the whole process group; the lab decides when its pods end.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => process.exit(0));
