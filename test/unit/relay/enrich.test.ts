import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficDirection } from '../../../src/flow/gen/flow.ts';
import { Enricher } from '../../../src/relay/enrich.ts';
import { packet, pod, tableOf } from './fixtures.ts';

const client = pod('client', '10.0.0.1');
const web1 = pod('web', '10.0.0.2', true, 2000);
const web2 = { ...pod('web', '10.0.0.3', false, 2000) };
const db = pod('db', '10.0.0.4', true, 3000);
const service = (address: string, ...backends: string[]) => ({
  address,
  port: 80,
  service: { name: 'web', namespace: 'shop' },
  backends,
});
const table = tableOf(client, web1, web2, db);
table.addService(service('10.96.0.1', '10.0.0.2'));
table.addService(service('10.96.0.2', '10.0.0.2', '10.0.0.3'));
table.addService(service('10.96.0.3', '10.0.0.2', '10.0.0.4'));
table.addService(service('10.96.0.4'));

const enricher = new Enricher({
  nodeName: 'node-a',
  version: '1.2.3',
  endpoints: table,
  isHostAddress: (address) => address === '192.168.0.1',
});
const to = (destination: string, more = {}) =>
  enricher.enrich(packet(0, { ip: { source: '10.0.0.1', destination, ipVersion: 1 }, ...more }));
const from = (source: string, more = {}) =>
  enricher.enrich(
    packet(0, {
      ip: { source, destination: '10.0.0.1', ipVersion: 1 },
      l4: { tcp: { sourcePort: 80, destinationPort: 40_000, flags: { ack: true } } },
      isReply: true,
      ...more,
    }),
  );

test('a flow gets both endpoints, its node, a uuid, an emitter and a summary', () => {
  const { flow, local, known } = enricher.enrich(packet(0));
  assert.equal(flow.source, client.endpoint);
  assert.equal(flow.destination, web1.endpoint);
  assert.equal(flow.nodeName, 'node-a');
  assert.match(flow.uuid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(flow.emitter, { name: 'netwatch', version: '1.2.3' });
  assert.equal(flow.summary, 'TCP Flags: SYN');
  assert.equal(flow.reply, false);
  assert.deepEqual(local, { source: true, destination: true });
  assert.equal(known, true);
});

test('whatever was observed is kept', () => {
  const rich = { ...packet(0), tunnel: { vni: 7 }, policyLog: ['x'], nodeLabels: ['zone=a'], detail: { event: 3 } };
  const { flow } = enricher.enrich({ ...rich });
  for (const [name, value] of Object.entries(rich)) {
    if (name !== 'uuid') assert.deepEqual(Reflect.get(flow, name), value, name);
  }
});

test('every flow has a uuid of its own', () => {
  const uuids = new Set(Array.from({ length: 1000 }, () => enricher.enrich(packet(0)).flow.uuid));
  assert.equal(uuids.size, 1000);
});

test('addresses nobody knows are the host or the world', () => {
  const world = to('1.1.1.1', { trafficDirection: TrafficDirection.EGRESS });
  assert.deepEqual(world.flow.destination, { identity: 2, labels: ['reserved:world'] });
  assert.equal(world.local.destination, false);
  const host = to('192.168.0.1');
  assert.deepEqual(host.flow.destination, { identity: 1, labels: ['reserved:host'] });
  assert.equal(host.local.destination, true);
  const strangers = enricher.enrich(packet(0, { ip: { source: '1.1.1.1', destination: '192.168.0.1' } }));
  assert.equal(strangers.known, false);
});

test('an address nobody knows is local while a socket on this node has it', () => {
  const [client, server] = ['172.16.0.1', '172.16.0.2'];
  const seenBy = (trafficDirection: number, seconds: number) =>
    enricher.enrich(
      packet(0, { time: { seconds, nanos: 0 }, ip: { source: client, destination: server }, trafficDirection }),
    ).local;
  assert.deepEqual(seenBy(TrafficDirection.EGRESS, 100), { source: true, destination: false });
  assert.deepEqual(seenBy(TrafficDirection.INGRESS, 100), { source: true, destination: true });
  assert.deepEqual(seenBy(TrafficDirection.EGRESS, 110), { source: true, destination: true });
  assert.deepEqual(seenBy(TrafficDirection.EGRESS, 111), { source: true, destination: false }, 'it may have moved');
});

test('a service address is the backend behind it, or what its backends have in common', () => {
  const one = to('10.96.0.1');
  assert.deepEqual(one.flow.destinationService, { name: 'web', namespace: 'shop' });
  assert.equal(one.flow.destination, web1.endpoint);
  assert.equal(one.local.destination, true);
  const two = to('10.96.0.2');
  const { id: _id, podName: _podName, ...common } = web1.endpoint;
  assert.deepEqual(two.flow.destination, common);
  assert.equal(two.flow.destination, to('10.96.0.2').flow.destination, 'one object, so one encoding');
  assert.equal(two.local.destination, false, 'one backend is elsewhere');
  assert.deepEqual(to('10.96.0.3').flow.destination, { namespace: 'shop' });
  const none = to('10.96.0.4');
  assert.deepEqual(none.flow.destination, { namespace: 'shop' });
  assert.equal(none.local.destination, false);
});

test('a reply from a service address carries its name on the other side', () => {
  const { flow } = from('10.96.0.1');
  assert.deepEqual(flow.sourceService, { name: 'web', namespace: 'shop' });
  assert.equal(flow.destinationService, undefined);
  assert.equal(flow.source, web1.endpoint);
});

test('the service before address translation is found by the original destination', () => {
  const detail = { originalDestination: { ip: '10.96.0.2', port: 80 } };
  const asked = to('10.0.0.3', { detail }).flow;
  assert.deepEqual(asked.destinationService, { name: 'web', namespace: 'shop' });
  assert.equal(asked.destination, web2.endpoint);
  const answered = from('10.0.0.3', { detail }).flow;
  assert.deepEqual(answered.sourceService, { name: 'web', namespace: 'shop' });
  assert.equal(answered.destinationService, undefined);
});

test('a drop, whose direction is unknown, says nothing about being a reply', () => {
  const { isReply: _isReply, ...drop } = packet(0);
  const { flow } = enricher.enrich(drop);
  assert.equal('isReply' in flow || 'reply' in flow, false);
});
