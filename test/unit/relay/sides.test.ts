import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficDirection, Verdict } from '../../../src/flow/gen/flow.ts';
import { Event } from '../../../src/flow/gen/netwatch.ts';
import { isPublished } from '../../../src/relay/sides.ts';
import { packet } from './fixtures.ts';

const { INGRESS, EGRESS } = TrafficDirection;
/** [client is local, server is local] and what each side publishes. */
const WHERE = [
  [true, true],
  [true, false],
  [false, true],
] as const;

function published(event: number, direction: number, client: boolean, server: boolean, isReply = false): boolean {
  const flow = packet(0, { trafficDirection: direction, isReply, detail: { event } });
  return isPublished(flow, isReply ? { source: server, destination: client } : { source: client, destination: server });
}

for (const isReply of [false, true]) {
  for (const event of [Event.EVENT_PACKET, Event.EVENT_L7]) {
    test(`event ${event}, reply ${isReply}: the server's side tells, or the client's when the server is elsewhere`, () => {
      for (const [client, server] of WHERE) {
        const here = `client ${client} server ${server}`;
        if (server) assert.equal(published(event, INGRESS, client, server, isReply), true, here);
        if (client) assert.equal(published(event, EGRESS, client, server, isReply), !server, here);
      }
    });
  }
}

for (const event of [Event.EVENT_CLOSE, Event.EVENT_CONNECT_FAILED]) {
  test(`event ${event}: the client's side tells, or the server's when the client is elsewhere`, () => {
    for (const [client, server] of WHERE) {
      const here = `client ${client} server ${server}`;
      if (client) assert.equal(published(event, EGRESS, client, server), true, here);
      if (server) assert.equal(published(event, INGRESS, client, server), !client, here);
    }
  });
}

test('whatever happens is told exactly once when both sides see it', () => {
  for (const event of [Event.EVENT_PACKET, Event.EVENT_L7, Event.EVENT_CLOSE, Event.EVENT_CONNECT_FAILED]) {
    for (const isReply of [false, true]) {
      const told = [INGRESS, EGRESS].filter((direction) => published(event, direction, true, true, isReply));
      assert.equal(told.length, 1, `event ${event} reply ${isReply}`);
    }
  }
});

test('drops and observations without a side are always told', () => {
  const both = { source: true, destination: true };
  assert.equal(isPublished(packet(0, { trafficDirection: EGRESS, verdict: Verdict.DROPPED }), both), true);
  assert.equal(isPublished(packet(0, { trafficDirection: EGRESS, detail: { event: Event.EVENT_DROP } }), both), true);
  assert.equal(isPublished(packet(0, { trafficDirection: 0 }), both), true);
});
