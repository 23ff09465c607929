import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { findCgroupRoot } from '../../src/capture/requirements.ts';
import { DropReason, type Flow, L7FlowType, TrafficDirection, Verdict } from '../../src/flow/gen/flow.ts';
import { Event } from '../../src/flow/gen/netwatch.ts';
import { PairOfPods, Recording, whyNot, withCgroup } from './capture-network.ts';

/** A prime, so that no loss by a factor looks right. */
const N = 23;
const skip = whyNot();

const isClientSide = (flow: Flow): boolean => flow.trafficDirection === TrafficDirection.EGRESS;
const portOf = (flow: Flow): number | undefined => flow.l4?.tcp?.destinationPort ?? flow.l4?.udp?.destinationPort;

describe('capture', { skip, concurrency: false }, () => {
  let pods: PairOfPods;
  before(() => {
    pods = new PairOfPods();
  });
  after(() => pods.remove());

  /** Records while `work` runs, and stops whatever happens. */
  async function record(work: (recording: Recording) => Promise<void>, options = {}): Promise<void> {
    const recording = new Recording(options);
    try {
      await work(recording);
    } finally {
      recording.capture.stop();
    }
  }

  test(`${N} datagrams to a closed port are ${N} drops and one packet`, async () => {
    await record(async (recording) => {
      pods.send('udp', pods.server, 9990, N);
      const drops = await recording.until(N, (f) => f.verdict === Verdict.DROPPED && portOf(f) === 9990);
      assert.equal(drops.length + recording.counter('kernel.lostDrop'), N);
      const [drop] = drops;
      assert.deepEqual([drop?.ip?.source, drop?.ip?.destination], [pods.client, pods.server]);
      assert.equal(drop?.dropReasonDesc, DropReason.SOCKET_LOOKUP_FAILED);
      assert.equal(drop?.detail?.skbDropReason, 'NO_SOCKET');
      assert.equal(drop?.isReply, undefined);
      const sent = recording.flows.filter((f) => f.verdict === Verdict.FORWARDED && portOf(f) === 9990);
      assert.equal(sent.length, 1);
      assert.equal(sent[0]?.trafficDirection, TrafficDirection.EGRESS);
    });
  });

  test(`${N} requests over one connection pair with their responses on both sides`, async () => {
    await pods.serve('http-server', pods.server, 8001);
    await record(async (recording) => {
      pods.send('http', pods.server, 8001, N, 'keep-alive');
      const ofPort = (f: Flow) => f.l4?.tcp?.destinationPort === 8001 || f.l4?.tcp?.sourcePort === 8001;
      const l7 = await recording.until(4 * N, (f) => f.l7?.http !== undefined && ofPort(f));
      assert.equal(l7.length, 4 * N, 'requests and responses, seen at both ends');
      for (const side of [true, false]) {
        const requests = l7.filter((f) => isClientSide(f) === side && f.l7?.type === L7FlowType.REQUEST);
        const responses = l7.filter((f) => isClientSide(f) === side && f.l7?.type === L7FlowType.RESPONSE);
        assert.deepEqual(
          requests.map((f) => f.detail?.requestOrdinal),
          Array.from({ length: N }, (_, i) => i + 1),
        );
        for (const [i, response] of responses.entries()) {
          assert.equal(response.l7?.http?.url, `http://${pods.server}:8001/n/${i}?HUBBLE_REDACTED`);
          assert.equal(response.l7?.http?.code, [200, 201, 202, 404, 500, 503, 418][i % 7]);
          assert.equal(response.isReply, true);
          assert.ok(Number(response.l7?.latencyNs) > 0);
        }
      }
      assert.equal(JSON.stringify(recording.flows).includes('secret'), false, 'no query string leaks');
      const closes = await recording.until(2, (f) => f.detail?.event === Event.EVENT_CLOSE && ofPort(f));
      const [client, server] = [closes.find(isClientSide), closes.find((f) => !isClientSide(f))];
      assert.equal(client?.detail?.connection?.bytesSent, server?.detail?.connection?.bytesReceived);
      assert.equal(client?.detail?.connection?.bytesReceived, server?.detail?.connection?.bytesSent);
      assert.ok(Number(client?.detail?.connection?.connectNs) > 0);
      assert.equal(server?.detail?.netns === client?.detail?.netns, false);
      assert.equal(
        recording.flows.some((f) => f.verdict === Verdict.DROPPED && ofPort(f)),
        false,
        'no drop in peace',
      );
    });
  });

  test(`${N} requests over connections of their own are ${N} openings and ends at each side`, async () => {
    await pods.serve('http-server', pods.server6, 8002);
    await record(async (recording) => {
      pods.send('http', pods.server6, 8002, N, 'close');
      const toPort = (f: Flow) => portOf(f) === 8002;
      const closes = await recording.until(2 * N, (f) => f.detail?.event === Event.EVENT_CLOSE && toPort(f));
      assert.equal(closes.filter(isClientSide).length, N);
      assert.equal(closes.length, 2 * N);
      const isSyn = (f: Flow) => f.l4?.tcp?.flags?.syn === true && f.l4.tcp.flags.ack !== true && toPort(f);
      assert.equal(recording.flows.filter((f) => isSyn(f) && isClientSide(f)).length, N);
      assert.equal(recording.flows.filter((f) => isSyn(f) && !isClientSide(f)).length, N);
      assert.equal(
        recording.flows.filter((f) => isSyn(f)).every((f) => f.ip?.destination === pods.server6),
        true,
      );
      const requests = recording.flows.filter((f) => f.l7?.type === L7FlowType.REQUEST && toPort(f));
      assert.equal(requests.length, 2 * N);
      assert.equal(requests[0]?.l7?.http?.url, `http://[${pods.server6}]:8002/n/0?HUBBLE_REDACTED`);
      assert.deepEqual(
        recording.flows.filter((f) => f.verdict === Verdict.DROPPED),
        [],
        'an orderly end is no drop',
      );
    });
  });

  test(`${N} DNS queries pair with their answers`, async () => {
    await pods.serve('dns-server', pods.server, 53);
    await record(async (recording) => {
      pods.send('dns', pods.server, 53, N);
      const dns = await recording.until(4 * N, (f) => f.l7?.dns?.query?.endsWith('.netwatch.test.') === true);
      const answers = dns.filter((f) => isClientSide(f) && f.l7?.type === L7FlowType.RESPONSE);
      assert.equal(dns.length, 4 * N);
      assert.deepEqual(
        answers.map((f) => f.l7?.dns?.query),
        Array.from({ length: N }, (_, i) => `${i}.netwatch.test.`),
      );
      assert.ok(answers.every((f) => f.l7?.dns?.ips?.[0] === '192.0.2.1' && Number(f.l7.latencyNs) > 0));
      assert.equal(
        recording.flows.some((f) => f.l7 === undefined && portOf(f) === 53),
        false,
      );
    });
  });

  test('what does not fit into the ring buffer is counted: seen + lost = sent', async () => {
    const root = findCgroupRoot() ?? assert.fail('no cgroup v2');
    const sent = 523;
    await withCgroup(root, async (cgroupPath) => {
      const recording = new Recording({ ringBytes: 4096, cgroupPath });
      // Nothing is read meanwhile: the event loop waits for the child. Nobody answers at that address.
      pods.sendFrom(cgroupPath, 'dns', pods.server6, 53, sent, 'one-way');
      const queries = await recording.until(1, (f) => f.l7?.type === L7FlowType.REQUEST);
      recording.capture.stop();
      const lost = recording.counter('kernel.lostMessage');
      assert.ok(lost > 0, 'some must be lost for this test to say anything');
      assert.equal(
        recording.counter('kernel.lostMessage') + recording.flows.filter((f) => f.l7 !== undefined).length,
        sent,
      );
      assert.ok(queries.length > 0);
      const reported = recording.lost.reduce((sum, event) => sum + Number(event.numEventsLost), 0);
      const counted = ['Packet', 'Message', 'Connection', 'Drop'].map((kind) =>
        recording.counter(`kernel.lost${kind}`),
      );
      assert.equal(
        reported,
        counted.reduce((sum, n) => sum + n, 0),
      );
      assert.ok(recording.lost.every((event) => event.first !== undefined && event.last !== undefined));
    });
  });

  test('a refused connection is a failed attempt with its errno, and the drop that caused it', async () => {
    await record(async (recording) => {
      pods.send('connect', pods.server, 9991);
      const [failed] = await recording.until(
        1,
        (f) => f.detail?.event === Event.EVENT_CONNECT_FAILED && portOf(f) === 9991,
      );
      assert.equal(failed?.verdict, Verdict.ERROR);
      assert.equal(failed?.detail?.connection?.error, 'ECONNREFUSED');
      assert.equal(typeof failed?.detail?.process?.pid, 'number');
      const [drop] = await recording.until(1, (f) => f.verdict === Verdict.DROPPED && portOf(f) === 9991);
      assert.equal(drop?.detail?.skbDropReason, 'NO_SOCKET');
      assert.equal(drop?.l4?.tcp?.flags?.syn, true);
      const resets = await recording.until(2, (f) => f.l4?.tcp?.flags?.rst === true && f.l4.tcp.sourcePort === 9991);
      assert.deepEqual(resets.map(isClientSide).sort(), [false, true], 'the RST is seen at both ends');
      assert.ok(resets.every((f) => f.isReply === true));
    });
  });

  test('a packet that nftables drops is named so, with the function that dropped it', async () => {
    pods.filter('table inet nwcap { chain in { type filter hook input priority 0; tcp dport 9992 drop; }; }');
    await record(async (recording) => {
      pods.send('connect', pods.server, 9992);
      const [drop] = await recording.until(1, (f) => f.verdict === Verdict.DROPPED && portOf(f) === 9992);
      assert.equal(drop?.dropReasonDesc, DropReason.POLICY_DENIED);
      assert.equal(drop?.eventType?.subType, DropReason.POLICY_DENIED);
      assert.equal(drop?.detail?.skbDropReason, 'NETFILTER_DROP');
      assert.match(drop?.detail?.dropFunction ?? '', /^(nft_do_chain|nf_hook_slow)/);
      assert.ok(Number(drop?.detail?.netns) > 0);
    });
  });

  test('requests that share a segment are never paired wrongly', async () => {
    await pods.serve('http-server', pods.server, 8003);
    await record(async (recording) => {
      const heads = ['/n/1', '/n/2', '/n/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('');
      pods.send('text', pods.server, 8003, 300, Buffer.from(heads).toString('base64'));
      await recording.until(2, (f) => f.detail?.event === Event.EVENT_CLOSE && portOf(f) === 8003);
      const http = recording.flows.filter((f) => f.l7?.http?.url !== undefined);
      assert.ok(http.length > 0);
      assert.ok(recording.counter('httpHidden') > 0);
      for (const flow of http.filter((f) => f.l7?.type === L7FlowType.RESPONSE)) {
        assert.equal(flow.l7?.http?.code, flow.l7?.http?.url?.endsWith('/n/1') ? 201 : undefined);
      }
    });
  });

  test('a head that is split over segments is shown without what was not seen', async () => {
    await pods.serve('http-server', pods.server, 8004);
    await record(async (recording) => {
      const [first, second] = ['GE', 'T /n/5?secret=1 HTTP/1.1\r\nHost: a\r\n\r\n'];
      pods.send('text', pods.server, 8004, 100, ...[first, second].map((part) => Buffer.from(part).toString('base64')));
      const responses = await recording.until(2, (f) => f.l7?.http?.code !== undefined);
      assert.deepEqual(
        responses.map((f) => f.l7?.http?.code),
        [503, 503],
      );
      assert.ok(responses.every((f) => f.l7?.http?.url === undefined && f.detail?.requestOrdinal === undefined));
      assert.equal(
        recording.flows.some((f) => f.l7?.type === L7FlowType.REQUEST),
        false,
      );
      assert.ok(recording.counter('kernel.httpUnpaired') >= 2);
    });
  });

  test('a drop behind destination NAT tells where the packet was going', async () => {
    pods.filter(
      'table ip nwcap { chain pre { type nat hook prerouting priority -100; tcp dport 9993 dnat to :9994; }; }',
    );
    await record(async (recording) => {
      pods.send('connect', pods.server, 9993);
      const [drop] = await recording.until(1, (f) => f.verdict === Verdict.DROPPED && portOf(f) === 9994);
      assert.deepEqual(drop?.detail?.originalDestination, { ip: pods.server, port: 9993 });
    });
  });

  test('loopback devices are left alone unless asked for', async () => {
    for (const loopback of [false, true]) {
      await record(
        async (recording) => {
          pods.send('udp', '127.0.0.1', 9995, 1);
          pods.send('connect', '127.0.0.1', 9995);
          const found = await recording.until(loopback ? 5 : 0, (f) => f.ip?.destination === '127.0.0.1');
          assert.equal(found.length > 0, loopback);
        },
        { loopback },
      );
    }
  });

  test('a namespace that talks to itself by another address is loopback, too', async () => {
    for (const loopback of [false, true]) {
      await record(
        async (recording) => {
          pods.send('connect', pods.client, 9996, 1, '127.0.0.1');
          const isOurs = (f: Flow) => portOf(f) === 9996 || f.l4?.tcp?.sourcePort === 9996;
          const found = await recording.until(loopback ? 4 : 0, isOurs);
          assert.equal(found.length > 0, loopback);
        },
        { loopback },
      );
    }
  });

  test('a message on port 53 that is not DNS is a datagram like any other', async () => {
    await record(async (recording) => {
      pods.send('udp', pods.server, 53, N);
      const sent = await recording.until(
        1,
        (f) => f.verdict === Verdict.FORWARDED && f.l4?.udp?.destinationPort === 53,
      );
      assert.equal(sent.filter(isClientSide).length, 1);
      assert.equal(recording.counter('dnsUnparsed'), 0);
    });
  });

  const python = '/usr/bin/python3';
  test('a socket that connects again after a failure starts anew', {
    skip: existsSync(python) ? false : `needs ${python}`,
  }, async () => {
    await record(async (recording) => {
      const twice = `import socket\ns = socket.socket()\nfor _ in range(2): print(s.connect_ex(("${pods.server}", 9997)))`;
      pods.exec(python, '-c', twice);
      const isSyn = (f: Flow) => f.l4?.tcp?.flags?.syn === true && isClientSide(f) && portOf(f) === 9997;
      const syns = await recording.until(2, (f) => f.verdict === Verdict.FORWARDED && isSyn(f));
      assert.equal(syns.length, 2);
      const isFailure = (f: Flow) => f.detail?.event === Event.EVENT_CONNECT_FAILED && portOf(f) === 9997;
      const failures = await recording.until(2, isFailure);
      assert.deepEqual(
        failures.map((f) => [f.detail?.connection?.error, f.detail?.connection?.connectNs]),
        [
          ['ECONNREFUSED', undefined],
          ['ECONNREFUSED', undefined],
        ],
      );
    });
  });

  test('a response that shares a segment with "100 Continue" is never paired with a later one', async () => {
    const encode = (text: string) => Buffer.from(text).toString('base64');
    const head = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;
    const answers = [`HTTP/1.1 100 Continue\r\n\r\n${head('200 OK')}`, head('201 Created')];
    await pods.serve('answers', pods.server, 8005, 0, ...answers.map(encode));
    await record(async (recording) => {
      const requests = ['/n/1', '/n/2'].map((path) => `POST ${path} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`);
      pods.send('text', pods.server, 8005, answers.join('').length, ...requests.map(encode));
      const responses = await recording.until(2, (f) => f.l7?.http?.code === 201);
      assert.equal(responses.length, 2);
      for (const { l7 } of responses) assert.notEqual(l7?.http?.url, '/n/1');
    });
  });

  test('a connection that is older than the capture and was silent has an end, too', async () => {
    await pods.serve('http-server', pods.server, 8006);
    const abort = await pods.hold('abort', pods.server, 8006);
    await record(async (recording) => {
      abort();
      const isOurs = (f: Flow) => portOf(f) === 8006 || f.l4?.tcp?.sourcePort === 8006;
      const closes = await recording.until(2, (f) => f.detail?.event === Event.EVENT_CLOSE && isOurs(f));
      assert.equal(closes.length, 2);
      assert.ok(closes.every((f) => Number(f.detail?.netns) > 0 && f.detail?.connection?.durationNs === undefined));
    });
  });

  test('what is still in the ring buffer at the end is handed over', async () => {
    const root = findCgroupRoot() ?? assert.fail('no cgroup v2');
    const sent = 6007;
    await withCgroup(root, async (cgroupPath) => {
      const recording = new Recording({ cgroupPath });
      pods.sendFrom(cgroupPath, 'dns', pods.server6, 53, sent, 'one-way');
      recording.capture.stop();
      const seen = recording.flows.filter((f) => f.l7?.dns !== undefined).length;
      assert.equal(seen + recording.counter('kernel.lostMessage'), sent);
      assert.ok(seen > 5000, `${seen} seen`);
    });
  });

  test('programs stay small enough for the verifier', async () => {
    // Older ones recognise fewer states that they have seen.
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const budget = major > 6 || (major === 6 && minor >= 12) ? 5000 : 12_000;
    await record(async (recording) => {
      for (const hook of recording.capture.hooks()) {
        assert.ok(
          hook.verifiedInstructions > 0 && hook.verifiedInstructions < budget,
          `${hook.name} ${hook.verifiedInstructions}`,
        );
      }
    });
  });
});
