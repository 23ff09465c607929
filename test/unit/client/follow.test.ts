import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backoff } from '../../../src/base/backoff.ts';
import { NetwatchError } from '../../../src/base/error.ts';
import { followFlows } from '../../../src/client/follow.ts';
import type { OpenStream } from '../../../src/client/stream.ts';
import { NodeState } from '../../../src/flow/gen/relay.ts';
import type { FlowEvent, FlowsRequest } from '../../../src/flow/source.ts';

const flow = (n: number): FlowEvent => ({
  flow: { uuid: `flow-${n}`, time: { seconds: 100 + n, nanos: 0 } },
  nodeName: 'node-a',
  time: { seconds: 100 + n, nanos: 0 },
});
const lost = () => new NetwatchError('unavailable', 'the connection was closed');

/** Plays one script per connection: batches, then an error, or the end of the stream. */
async function follow(scripts: readonly (readonly (readonly FlowEvent[] | Error)[])[], request: FlowsRequest = {}) {
  const requests: FlowsRequest[] = [];
  const controller = new AbortController();
  const open: OpenStream = async function* (_address, asked) {
    const script = scripts[requests.push(asked) - 1];
    if (script === undefined) {
      controller.abort();
      return;
    }
    for (const step of script) {
      if (step instanceof Error) throw step;
      yield step;
    }
  };
  const told: string[] = [];
  const messages: string[] = [];
  const backoff = new Backoff({ initialMs: 1, maxMs: 1, jitter: 0 });
  const address = { kind: 'tcp', host: 'relay', port: 1 } as const;
  const events = followFlows({
    address,
    request: { ...request, follow: true },
    signal: controller.signal,
    open,
    backoff,
  });
  let error: unknown;
  try {
    for await (const batch of events) {
      for (const { flow: one, nodeStatus, lostEvents } of batch) {
        if (lostEvents) told.push('lost');
        if (one) told.push(one.uuid ?? '');
        if (!nodeStatus) continue;
        told.push(Object.entries(NodeState).find(([, v]) => v === nodeStatus.stateChange)?.[0] ?? '');
        messages.push(`${nodeStatus.nodeNames?.join()}: ${nodeStatus.message}`);
      }
    }
  } catch (thrown) {
    error = thrown;
  }
  return { told, messages, requests, error };
}

describe('a relay that is lost', () => {
  test('is named as gone and as back, and nothing is told twice', async () => {
    const { told, messages, requests } = await follow([
      [[], [flow(1), flow(2)], lost()],
      [[], [flow(1), flow(2), flow(3)], lost()],
      [[], [flow(3), flow(4)]],
    ]);
    assert.deepEqual(told, [
      'flow-1',
      'flow-2',
      'NODE_UNAVAILABLE',
      'NODE_CONNECTED',
      'flow-3',
      'NODE_UNAVAILABLE',
      'NODE_CONNECTED',
      'flow-4',
      'NODE_UNAVAILABLE',
    ]);
    assert.match(messages[0] ?? '', /^node-a: lost the relay: the connection was closed; trying to return$/);
    assert.match(messages[1] ?? '', /^node-a: connected again; flows since .* may be missing$/);
    assert.deepEqual(requests[1]?.since, { seconds: 100, nanos: 0 });
  });

  test('is said to be lost once, however many attempts fail, and back as soon as it accepts', async () => {
    const { told } = await follow([[[], [flow(1)], lost()], [lost()], [lost()], [[], lost()]]);
    assert.deepEqual(told, ['flow-1', 'NODE_UNAVAILABLE', 'NODE_CONNECTED', 'NODE_UNAVAILABLE']);
  });

  test('is asked again for what follows, not for history', async () => {
    const asked = { number: 5, since: { seconds: 1, nanos: 0 }, whitelist: [{ verdict: [2] }] };
    const { requests } = await follow([[[], [flow(1)], lost()], [[]]], asked);
    assert.deepEqual(requests[0], { ...asked, follow: true });
    assert.deepEqual(requests[1], { whitelist: asked.whitelist, since: { seconds: 99, nanos: 0 }, follow: true });
  });

  test('before any flow is asked for those since then', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { requests } = await follow([[[], lost()], [[]]]);
    assert.ok((requests[1]?.since?.seconds ?? 0) >= before);
  });

  test('passes lost events on', async () => {
    const { told } = await follow([[[], [{ lostEvents: { numEventsLost: 3 } }], lost()], [[]]]);
    assert.deepEqual(told.slice(0, 2), ['lost', 'NODE_UNAVAILABLE']);
  });
});

test('a first connection that fails is an error at once', async () => {
  const { error, told, requests } = await follow([[lost()]]);
  assert.equal((error as NetwatchError).code, 'unavailable');
  assert.deepEqual(told, []);
  assert.equal(requests.length, 1);
});

test('an answer that trying again cannot change is an error', async () => {
  const refused = new NetwatchError('usage', 'invalid filter');
  const { error, told } = await follow([[[], [flow(1)], lost()], [refused]]);
  assert.equal(error, refused);
  assert.deepEqual(told, ['flow-1', 'NODE_UNAVAILABLE']);
});
