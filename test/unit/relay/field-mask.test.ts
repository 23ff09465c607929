import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMask } from '../../../src/relay/field-mask.ts';
import { rpcStatusOf } from '../../../src/wire/status.ts';
import { packet, pod } from './fixtures.ts';

const flow = packet(0, { source: pod('web', '10.0.0.1').endpoint, detail: { event: 1 } });
const event = { flow, nodeName: 'node-a', time: flow.time };
const masked = (paths: readonly string[], withDetail = false) => compileMask({ paths }, withDetail)?.(event);

test('only masked fields are left, nested ones too', () => {
  assert.deepEqual(masked(['verdict', 'IP', 'l4.TCP.destination_port', 'source.pod_name', 'source.identity']), {
    flow: {
      verdict: 1,
      ip: flow.ip,
      l4: { tcp: { destinationPort: 80 } },
      source: { podName: 'web-1', identity: 1000 },
    },
    nodeName: 'node-a',
    time: flow.time,
  });
});

test('a whole message wins over its parts, in any order', () => {
  for (const paths of [
    ['IP', 'IP.source'],
    ['IP.source', 'IP'],
  ])
    assert.deepEqual(masked(paths)?.flow, { ip: flow.ip });
});

test('the mask that the stock client sends by default is known', () => {
  const paths = `time verdict ethernet IP l4 source.identity source.namespace source.pod_name destination.identity
    destination.namespace destination.pod_name Type node_name l7 event_type source_service destination_service is_reply
    Summary ip_trace_id`.split(/\s+/);
  assert.equal(masked(paths)?.flow?.isReply, false);
});

test('the detail stays for a client that asked for it', () => {
  assert.deepEqual(masked(['verdict'], true)?.flow, { verdict: 1, detail: { event: 1 } });
});

test('no mask is no mask, and events without a flow pass', () => {
  assert.equal(compileMask(undefined, false), undefined);
  assert.equal(compileMask({ paths: [] }, false), undefined);
  const lost = { lostEvents: { numEventsLost: 1 } };
  assert.equal(compileMask({ paths: ['verdict'] }, false)?.(lost), lost);
});

test('an unknown path is INVALID_ARGUMENT', () => {
  for (const path of ['nope', 'source.nope', 'verdict.x', 'constructor', 'source.__proto__', '']) {
    assert.throws(
      () => masked([path]),
      (error) => rpcStatusOf(error).code === 3,
      path,
    );
  }
});
