/** Our relay and our client against grpc-js and protobufjs: another implementation of everything on the wire. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import type { CaptureSink } from '../../src/capture/sink.ts';
import { connectRelay } from '../../src/client/client.ts';
import { NodeState } from '../../src/flow/gen/relay.ts';
import type { FlowEvent } from '../../src/flow/source.ts';
import { type Relay, startRelay } from '../../src/relay/relay.ts';
import { packet, pod, tableOf } from '../unit/relay/fixtures.ts';
import { decodeByProtobufjs, lookupType } from '../wire/messages.ts';

const directory = mkdtempSync(join(tmpdir(), 'netwatch-interop-'));
after(() => rmSync(directory, { recursive: true }));
const untilAborted = new AbortController().signal;

type Json = Readonly<Record<string, unknown>>;
const encode = (type: string) => (message: Json) =>
  Buffer.from(lookupType(type).encode(lookupType(type).fromObject(message)).finish());
const decode =
  (type: string) =>
  (bytes: Buffer): Json =>
    decodeByProtobufjs(lookupType(type), bytes);

describe('the grpc-js client against our relay', () => {
  let relay: Relay;
  let sink: CaptureSink | undefined;
  let client: grpc.Client;

  before(async () => {
    relay = await startRelay({
      nodeName: 'node-a',
      version: '0.1.0',
      endpoints: tableOf(pod('client', '10.0.0.1'), pod('web', '10.0.0.2')),
      listen: ['127.0.0.1:0'],
      scope: 'known',
      capture: (_options, to) => {
        sink = to;
        return { stop: () => {}, counters: () => ({}), hooks: () => [] };
      },
    });
    sink?.flows([packet(0), packet(1, { detail: { event: 1 } }), packet(2, { verdict: 2 })]);
    client = new grpc.Client(relay.addresses[0] ?? '', grpc.credentials.createInsecure());
  });
  after(async () => {
    client.close();
    await relay.stop();
  });

  interface Answer {
    readonly messages: readonly Json[];
    readonly code: number;
    readonly details: string;
    readonly headers: grpc.Metadata | undefined;
  }
  function call(path: string, [requestType, responseType]: readonly [string, string], request: Json, options = {}) {
    return new Promise<Answer>((resolve) => {
      const messages: Json[] = [];
      let headers: grpc.Metadata | undefined;
      const stream = client.makeServerStreamRequest(path, encode(requestType), decode(responseType), request, options);
      stream.on('metadata', (metadata: grpc.Metadata) => {
        headers = metadata;
      });
      stream.on('data', (message: Json) => messages.push(message));
      stream.on('error', () => {});
      stream.on('status', ({ code, details }: grpc.StatusObject) => resolve({ messages, code, details, headers }));
    });
  }
  const getFlows = (request: Json, options = {}) =>
    call('/observer.Observer/GetFlows', ['observer.GetFlowsRequest', 'observer.GetFlowsResponse'], request, options);
  const observer = (method: string) =>
    call(`/observer.Observer/${method}`, [`observer.${method}Request`, `observer.${method}Response`], {});
  const health = (method: string, service: string, options = {}) =>
    call(
      `/grpc.health.v1.Health/${method}`,
      ['grpc.health.v1.HealthCheckRequest', 'grpc.health.v1.HealthCheckResponse'],
      { service },
      options,
    );

  test('GetFlows gives flows as Hubble has them', async () => {
    const { messages, code, headers } = await getFlows({ number: '1', first: true });
    assert.equal(code, grpc.status.OK);
    assert.deepEqual(headers?.get('hubble-server-version'), ['0.1.0']);
    const { flow, node_name, time } = messages[0] as { flow: Json; node_name: string; time: Json };
    assert.equal(node_name, 'node-a');
    assert.deepEqual(time, { seconds: '1700000000' });
    assert.equal(flow.Summary, 'TCP Flags: SYN');
    assert.deepEqual(flow.is_reply, {});
    assert.deepEqual(flow.source, {
      ID: 1,
      identity: 1000,
      namespace: 'shop',
      labels: ['k8s:app=client'],
      pod_name: 'client-1',
      workloads: [{ name: 'client', kind: 'Deployment' }],
    });
    assert.equal(flow.extensions, undefined, 'nobody asked for details');
  });

  test('GetFlows filters, masks and counts', async () => {
    const whitelist = [{ verdict: [2], source_pod: ['shop/client'] }];
    const { messages } = await getFlows({ whitelist, field_mask: { paths: ['verdict', 'IP.source'] } });
    assert.deepEqual(messages, [
      { flow: { verdict: 2, IP: { source: '10.0.0.1' } }, node_name: 'node-a', time: { seconds: '1700000002' } },
    ]);
    assert.equal((await getFlows({ number: '2' })).messages.length, 2);
  });

  test('GetFlows follows until its deadline', async () => {
    const answer = getFlows({ follow: true }, { deadline: Date.now() + 300 });
    setTimeout(() => sink?.flows([packet(3)]), 50);
    const { messages, code } = await answer;
    assert.equal(code, grpc.status.DEADLINE_EXCEEDED);
    assert.equal(messages.length, 1);
  });

  test('errors are those of Hubble', async () => {
    const first = await getFlows({ first: true, follow: true });
    assert.equal(first.code, grpc.status.INVALID_ARGUMENT);
    assert.equal(first.details, 'first cannot be specified with follow');
    const filter = await getFlows({ whitelist: [{ source_ip: ['not an address'] }] });
    assert.equal(filter.code, grpc.status.UNKNOWN);
    assert.match(filter.details, /not an address/);
    assert.equal((await getFlows({ field_mask: { paths: ['nope'] } })).code, grpc.status.INVALID_ARGUMENT);
  });

  test('ServerStatus and GetNamespaces answer', async () => {
    const [status = {}] = (await observer('ServerStatus')).messages;
    assert.equal(status.max_flows, '65535');
    assert.equal(status.version, 'netwatch v0.1.0');
    assert.ok(Number(status.num_flows) >= 3 && Number(status.seen_flows) >= 3 && Number(status.uptime_ns) > 0);
    assert.deepEqual((await observer('GetNamespaces')).messages, [{ namespaces: [{ namespace: 'shop' }] }]);
  });

  test('what a relay does not have is UNIMPLEMENTED', async () => {
    for (const method of ['GetNodes', 'GetAgentEvents', 'GetDebugEvents']) {
      assert.equal((await observer(method)).code, grpc.status.UNIMPLEMENTED, method);
    }
  });

  test('Health checks and watches', async () => {
    for (const service of ['', 'hubble.server.Observer']) {
      assert.deepEqual((await health('Check', service)).messages, [{ status: 1 }]);
    }
    assert.equal((await health('Check', 'nope')).code, grpc.status.NOT_FOUND);
    const deadline = () => ({ deadline: Date.now() + 100 });
    assert.deepEqual((await health('Watch', '', deadline())).messages, [{ status: 1 }]);
    assert.deepEqual((await health('Watch', 'nope', deadline())).messages, [{ status: 3 }]);
  });
});

for (const transport of ['http2', 'grpc-js'] as const) {
  describe(`our client over ${transport} against the grpc-js server`, () => {
    const server = new grpc.Server();
    const address = `unix://${join(directory, `${transport}.sock`)}`;
    let asked: Json = {};

    before(async () => {
      const method = (name: string, responseStream: boolean) => ({
        path: `/observer.Observer/${name}`,
        requestStream: false,
        responseStream,
        requestDeserialize: decode(`observer.${name}Request`),
        requestSerialize: encode(`observer.${name}Request`),
        responseSerialize: encode(`observer.${name}Response`),
        responseDeserialize: decode(`observer.${name}Response`),
      });
      const getFlows = (stream: grpc.ServerWritableStream<Json, Json>) => {
        asked = stream.request;
        for (let i = 0; i < Number(stream.request.number ?? 0); i++) {
          stream.write({ flow: { uuid: `flow-${i}`, is_reply: { value: i % 2 === 1 } }, node_name: 'n' });
        }
        stream.write({ node_status: { state_change: NodeState.NODE_UNAVAILABLE, node_names: ['m'] } });
        if (stream.request.until) stream.emit('error', { code: grpc.status.UNKNOWN, details: 'boom: é' });
        else if (!stream.request.follow) stream.end();
      };
      const serverStatus = (_call: unknown, done: grpc.sendUnaryData<Json>) =>
        done(null, { num_flows: '18446744073709551615', num_connected_nodes: { value: 0 } });
      server.addService(
        { getFlows: method('GetFlows', true), serverStatus: method('ServerStatus', false) },
        { getFlows, serverStatus },
      );
      await new Promise<void>((resolve, reject) => {
        server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error) =>
          error ? reject(error) : resolve(),
        );
      });
    });
    after(() => server.forceShutdown());

    test('reads what is sent, and asks as it was told to', async () => {
      const events: FlowEvent[] = [];
      const whitelist = [{ sourcePod: ['shop/'], verdict: [1, 2], sourceIdentity: [7] }];
      const client = connectRelay(address, { transport });
      for await (const batch of client.flows({ number: 3000, whitelist, first: true }, untilAborted)) {
        assert.ok(batch.length > 0);
        events.push(...batch);
      }
      assert.equal(events.length, 3001);
      assert.deepEqual(events[1], { flow: { uuid: 'flow-1', isReply: true }, nodeName: 'n' });
      assert.deepEqual(events[3000], { nodeStatus: { stateChange: 2, nodeNames: ['m'] } });
      const { extensions, ...rest } = asked;
      assert.deepEqual(rest, {
        number: '3000',
        first: true,
        whitelist: [{ source_pod: ['shop/'], verdict: [1, 2], source_identity: [7] }],
      });
      assert.equal((extensions as Json).type_url, 'type.googleapis.com/netwatch.v1.FlowsOptions');
    });

    test('passes an error of the server on, after what came before it', async () => {
      const events: FlowEvent[] = [];
      const request = { number: 2, until: { seconds: 1, nanos: 0 } };
      await assert.rejects(
        async () => {
          for await (const batch of connectRelay(address, { transport }).flows(request, untilAborted)) {
            events.push(...batch);
          }
        },
        { code: 'protocol', message: 'boom: é' },
      );
      assert.equal(events.length, 3);
    });

    test('ends a stream quietly when its reader aborts or the client is closed', async () => {
      for (const close of [false, true]) {
        const controller = new AbortController();
        const client = connectRelay(address, { transport });
        let count = 0;
        for await (const batch of client.flows({ number: 1, follow: true }, controller.signal)) {
          count += batch.length;
          if (count < 2) continue;
          if (close) await client.close();
          else controller.abort();
        }
        assert.equal(count, 2);
      }
    });

    test('reads the status, and a health service that is not there is an error', async () => {
      const client = connectRelay(address, { transport });
      assert.deepEqual(await client.status(), { numFlows: 2n ** 64n - 1n, numConnectedNodes: 0 });
      await assert.rejects(client.healthy(), { code: 'protocol' });
    });

    test('names the address and what to do when nobody answers', async () => {
      const nobody = `unix://${join(directory, 'nobody.sock')}`;
      const client = connectRelay(nobody, { transport });
      for (const follow of [false, true]) {
        const flows = client.flows({ follow }, untilAborted)[Symbol.asyncIterator]();
        await assert.rejects(flows.next(), { code: 'unavailable', message: /nobody\.sock/, hint: /netwatch relay/ });
      }
      await assert.rejects(client.status(), { code: 'unavailable', message: /nobody\.sock/ });
    });
  });
}
