import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRelay } from '../../src/client/client.ts';
import { NodeState } from '../../src/flow/gen/relay.ts';
import type { FlowEvent } from '../../src/flow/source.ts';
import { parseAddress } from '../../src/wire/address.ts';
import { callStream } from '../../src/wire/client-call.ts';
import { packFlowsOptions } from '../../src/wire/extensions.ts';
import { decodeGetFlowsResponse, encodeGetFlowsRequest } from '../../src/wire/gen/observer.ts';
import { encodeMessage } from '../../src/wire/message.ts';
import { RelayChild } from './relay-child.ts';

const directory = mkdtempSync(join(tmpdir(), 'netwatch-relays-'));
after(() => rmSync(directory, { recursive: true }));
const socketAddress = (name: string) => `unix://${join(directory, `${name}.sock`)}`;

/** Collects everything a client is told, in words that a test can wait for. */
class Watcher {
  readonly flows: { readonly uuid: string; readonly ordinal: number; readonly pid: number }[] = [];
  readonly states: number[] = [];
  readonly messages: string[] = [];
  readonly #controller = new AbortController();
  readonly #done: Promise<void>;

  constructor(address: string, request = {}) {
    this.#done = this.#read(connectRelay(address).flows({ follow: true, ...request }, this.#controller.signal));
  }

  async #read(batches: AsyncIterable<readonly FlowEvent[]>): Promise<void> {
    for await (const batch of batches) {
      for (const { flow, nodeStatus } of batch) {
        if (nodeStatus?.stateChange !== undefined) this.states.push(nodeStatus.stateChange);
        if (nodeStatus?.message) this.messages.push(nodeStatus.message);
        if (flow === undefined) continue;
        const { requestOrdinal = 0, process } = flow.detail ?? {};
        this.flows.push({ uuid: flow.uuid ?? '', ordinal: requestOrdinal, pid: process?.pid ?? 0 });
      }
    }
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!condition()) {
      assert.ok(Date.now() < deadline, `waited in vain; ${this.flows.length} flows, states ${this.states}`);
      await delay(5);
    }
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#done;
  }

  assertNoneTwice(): void {
    assert.equal(new Set(this.flows.map(({ uuid }) => uuid)).size, this.flows.length, 'a flow was told twice');
  }
}

test('a relay that is killed and started again is followed: states in order, no flow twice', async () => {
  const address = socketAddress('restart');
  let relay = await RelayChild.start(address);
  const watcher = new Watcher(address, { number: 50 });
  try {
    await relay.publish(20);
    await watcher.until(() => watcher.flows.length === 20);
    await relay.kill();
    await watcher.until(() => watcher.states.length === 1);
    relay = await RelayChild.start(address);
    await watcher.until(() => watcher.states.length === 2);
    await relay.publish(30);
    await watcher.until(() => watcher.flows.length === 50);
    await relay.kill();
    await watcher.until(() => watcher.states.length === 3);
    relay = await RelayChild.start(address);
    await watcher.until(() => watcher.states.length === 4);
    await relay.publish(1);
    await watcher.until(() => watcher.flows.length === 51);
  } finally {
    await watcher.stop();
    await relay.stop();
  }
  watcher.assertNoneTwice();
  const { NODE_UNAVAILABLE, NODE_CONNECTED } = NodeState;
  assert.deepEqual(watcher.states, [NODE_UNAVAILABLE, NODE_CONNECTED, NODE_UNAVAILABLE, NODE_CONNECTED]);
  assert.match(watcher.messages[0] ?? '', /^lost the relay: no answer from unix:.*; trying to return$/);
  assert.match(watcher.messages[1] ?? '', /^connected again; flows since .* may be missing$/);
  assert.equal(new Set(watcher.flows.map(({ pid }) => pid)).size, 3);
});

test('a connection that breaks while flows come costs none and repeats none', async () => {
  const relay = await RelayChild.start(socketAddress('broken'));
  const target = parseAddress(socketAddress('broken'));
  const open = new Set<Socket>();
  const proxy = createServer((socket) => {
    const upstream = connect(target.kind === 'unix' ? { path: target.path } : target);
    for (const end of [socket, upstream])
      end.on('error', () => {}).on('close', () => [socket, upstream].map((s) => s.destroy()));
    socket.pipe(upstream).pipe(socket);
    open.add(socket);
  });
  const path = join(directory, 'proxy.sock');
  await new Promise<void>((resolve) => proxy.listen(path, resolve));
  const watcher = new Watcher(`unix://${path}`, { number: 1000 });
  try {
    for (let round = 0; round < 60; round++) {
      await relay.publish(50);
      await delay(5);
      if (round % 15 !== 7) continue;
      const states = watcher.states.length;
      for (const socket of open) socket.destroy();
      await relay.publish(50);
      await watcher.until(() => watcher.states.length === states + 2);
    }
    await watcher.until(() => watcher.flows.length >= 3200);
  } finally {
    await watcher.stop();
    proxy.close();
    for (const socket of open) socket.destroy();
    await relay.stop();
  }
  watcher.assertNoneTwice();
  assert.deepEqual(
    watcher.flows.map(({ ordinal }) => ordinal),
    Array.from({ length: 3200 }, (_, i) => i + 1),
  );
  assert.equal(watcher.states.filter((state) => state === NodeState.NODE_UNAVAILABLE).length, 4);
});

test('a client that stops reading loses its own flows, is told how many, and costs the relay no memory', async () => {
  const FLOWS = 200_000;
  const RING_IS_FULL = 20_000;
  const relay = await RelayChild.start(socketAddress('slow'), 8191);
  const address = parseAddress(socketAddress('slow'));
  const controller = new AbortController();
  const extensions = packFlowsOptions({ detail: true });
  const request = encodeMessage(encodeGetFlowsRequest, { follow: true, extensions });
  const call = { address, path: '/observer.Observer/GetFlows', request, decode: decodeGetFlowsResponse };
  const slow = callStream({ ...call, signal: controller.signal })[Symbol.asyncIterator]();
  const fast = new Watcher(socketAddress('slow'));
  let seen = 0;
  let lost = 0;
  try {
    assert.deepEqual((await slow.next()).value, [], 'the call is accepted');
    let before = 0;
    for (let published = 0; published < FLOWS; published += 1000) {
      await relay.publish(1000);
      await fast.until(() => fast.flows.length >= published + 1000);
      if (published === RING_IS_FULL) before = (await relay.publish(0)).liveMb ?? 0;
    }
    const { liveMb: grown = Number.POSITIVE_INFINITY } = await relay.publish(0);
    fast.assertNoneTwice();
    assert.equal(fast.flows.length, FLOWS, 'the other reader has all');
    const ordinals: number[] = [];
    while (seen + lost < FLOWS) {
      const { value = [] } = await slow.next();
      for (const { flow, lostEvents } of value) {
        lost += Number(lostEvents?.numEventsLost ?? 0);
        if (flow === undefined) continue;
        seen++;
        ordinals.push(flow.detail?.requestOrdinal ?? 0);
      }
    }
    assert.equal(seen + lost, FLOWS);
    assert.ok(lost > 100_000, `only ${lost} lost: the reader was not slow`);
    assert.deepEqual(
      ordinals,
      [...new Set(ordinals)].sort((a, b) => a - b),
    );
    assert.equal(ordinals.at(-1), FLOWS);
    const { counters } = await relay.publish(0);
    assert.equal(counters['relay.lostByReaders'], lost);
    assert.ok(grown - before < 10, `the relay grew by ${Math.round(grown - before)} MB`);
  } finally {
    controller.abort();
    await slow.return?.(undefined);
    await fast.stop();
    await relay.stop();
  }
});
