import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timestampOf } from '../../../src/relay/clock.ts';
import { createHostAddresses } from '../../../src/relay/host-addresses.ts';
import { LostNotice } from '../../../src/relay/lost-notice.ts';
import { historyOf, packet, pod } from './fixtures.ts';

test('the rate is that of the last minute, or of the time since the first flow', () => {
  const { history, clock } = historyOf({ capacity: 4095 });
  assert.equal(history.rate, 0);
  history.publish(Array.from({ length: 100 }, (_, n) => packet(n)));
  clock.nowMs += 10_000;
  assert.equal(history.rate, 10);
  clock.nowMs += 30_000;
  history.publish(Array.from({ length: 500 }, (_, n) => packet(n)));
  clock.nowMs += 40_000;
  assert.equal(Math.round(history.rate * 60), 500);
  clock.nowMs += 3_600_000;
  assert.equal(history.rate, 0);
  assert.equal(history.flows, 600);
});

test('namespaces of the last hour are listed by cluster, then name', () => {
  const { history, clock } = historyOf();
  const endpoint = (namespace: string, clusterName = '') => ({ namespace, clusterName });
  history.publish([packet(0, { source: endpoint('old'), destination: endpoint('b', 'west') })]);
  clock.nowMs += 1_800_000;
  history.publish([packet(1, { source: endpoint('z'), destination: endpoint('a', 'west') })]);
  history.publish([packet(2, { source: pod('x', '10.0.0.1').endpoint, destination: { identity: 2 } })]);
  assert.deepEqual(
    history.namespaces().map(({ cluster, namespace }) => `${cluster}/${namespace}`),
    ['/old', '/shop', '/z', 'west/a', 'west/b'],
  );
  clock.nowMs += 1_800_001;
  assert.deepEqual(
    history.namespaces().map(({ namespace }) => namespace),
    ['shop', 'z', 'a'],
  );
});

test('waiting ends with the next flow, with the signal, or with the time', async () => {
  const { history } = historyOf();
  const controller = new AbortController();
  const waits = [history.more(controller.signal), history.more(controller.signal, 60_000)];
  history.publish([packet(0)]);
  await Promise.all(waits);
  await history.more(controller.signal, 1);
  const aborted = history.more(controller.signal);
  controller.abort();
  await aborted;
  await history.more(controller.signal);
});

test('a notice tells everything since the last, at most once a second', () => {
  const notice = new LostNotice();
  assert.equal(notice.dueMs(0), undefined);
  notice.add(2, 1000);
  assert.equal(notice.dueMs(1000), 0);
  assert.equal(notice.take(1000).numEventsLost, 2);
  notice.add(3, 1100);
  notice.add(4, 1900);
  assert.equal(notice.dueMs(1900), 100);
  assert.deepEqual(notice.take(2000), {
    source: 3,
    numEventsLost: 7,
    first: { seconds: 1, nanos: 100_000_000 },
    last: { seconds: 1, nanos: 900_000_000 },
  });
  assert.equal(notice.pending, 0);
});

test('times keep their fraction', () => {
  assert.deepEqual(timestampOf(1_500.25), { seconds: 1, nanos: 500_250_000 });
});

test('loopback and the addresses of this machine are the host', () => {
  const isHost = createHostAddresses(() => 0);
  for (const address of ['127.0.0.1', '127.9.9.9', '::1']) assert.equal(isHost(address), true, address);
  assert.equal(isHost('192.0.2.1'), false);
});
