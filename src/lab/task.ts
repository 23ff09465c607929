import { setTimeout as sleep } from 'node:timers/promises';
import type { DnsClient } from './dns-client.ts';
import type { Gate } from './gate.ts';
import { HttpClient } from './http-client.ts';
import type { LedgerCounter } from './ledger.ts';
import { createRandom, seedOf } from './random.ts';
import { countLanes, planRequests } from './request-plan.ts';
import type { PodSettings, Task } from './settings.ts';

// After a connect that failed: a client that hammers a closed door would drown the rest of the picture.
const BACK_OFF_MS = 1000;

export interface TaskContext {
  readonly settings: PodSettings;
  readonly dns: DnsClient;
  readonly ledger: LedgerCounter;
  readonly gate: Gate;
  /** Told of every HTTP client, so that a pause can close its idle connections. */
  readonly clients: HttpClient[];
}

/** Runs a task in as many lanes as its rate needs; resolves after the last round. */
export async function runTask(task: Task, context: TaskContext): Promise<void> {
  const lanes = Array.from({ length: countLanes(context.settings.rate) }, (_, lane) => lane);
  await Promise.all(lanes.map((lane) => runLane(task, lane, lanes.length, context)));
}

async function runLane(task: Task, lane: number, lanes: number, context: TaskContext): Promise<void> {
  const { settings, gate } = context;
  const { pod, seed, rate, rounds = Number.POSITIVE_INFINITY } = settings;
  // Not the generator that chooses requests: what is sent must not hang on when.
  const pace = createRandom(seedOf(seed, pod, task.name, lane, 'pace'));
  const intervalMs = (task.everyMs * lanes) / rate;
  const send = sender(task, lane, context);
  await sleep(intervalMs * pace());
  for (let round = 0; round < rounds; round++) {
    await gate.enter();
    const startedMs = performance.now();
    let ok: boolean;
    try {
      ok = await send();
    } finally {
      gate.leave();
    }
    if (round + 1 === rounds) return;
    const dueMs = startedMs + intervalMs * (0.75 + 0.5 * pace()) + (ok ? 0 : BACK_OFF_MS / rate);
    await sleep(Math.max(0, dueMs - performance.now()));
  }
}

function sender(task: Task, lane: number, { settings, dns, ledger, clients }: TaskContext): () => Promise<boolean> {
  if (task.kind === 'dns') {
    return async () => {
      await dns.resolve(task.query, task.transport);
      return true;
    };
  }
  const requests = planRequests(task, settings.pod, settings.seed, lane);
  const client = new HttpClient(task, dns, ledger);
  clients.push(client);
  return async () => (await client.send(requests.next().value)) !== undefined;
}
