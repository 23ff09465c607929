import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLOW_DETAIL_TYPE, flowsOptionsOf, packFlowsOptions } from '../../../src/wire/extensions.ts';
import { decodeFlow, encodeFlow } from '../../../src/wire/gen/flow.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/message.ts';
import { decodeByProtobufjs, lookupType } from '../../wire/messages.ts';

const detail = { event: 2, skbDropReason: 'NETFILTER_DROP', netfilter: { table: 'filter', ruleHandle: 2n ** 63n } };

test('a detail travels only when asked for', () => {
  assert.deepEqual(decodeMessage(decodeFlow, encodeMessage(encodeFlow, { detail }, true)), { detail });
  assert.deepEqual(decodeMessage(decodeFlow, encodeMessage(encodeFlow, { detail })), {});
});

test('a detail is an Any that others can read', () => {
  const flow = decodeByProtobufjs(lookupType('flow.Flow'), encodeMessage(encodeFlow, { detail }, true));
  const any = flow.extensions as { type_url: string; value: Uint8Array };
  assert.equal(any.type_url, FLOW_DETAIL_TYPE);
  assert.deepEqual(decodeByProtobufjs(lookupType('netwatch.v1.FlowDetail'), any.value), {
    event: 2,
    skb_drop_reason: 'NETFILTER_DROP',
    netfilter: { table: 'filter', rule_handle: String(2n ** 63n) },
  });
});

test("another vendor's extension is kept as it is", () => {
  const extensions = { typeUrl: 'type.googleapis.com/other', value: new Uint8Array([1, 2]) };
  assert.deepEqual(decodeMessage(decodeFlow, encodeMessage(encodeFlow, { extensions, detail })), { extensions });
});

test('a malformed detail is a protocol error', () => {
  const extensions = { typeUrl: FLOW_DETAIL_TYPE, value: new Uint8Array([0xff]) };
  assert.throws(() => decodeMessage(decodeFlow, encodeMessage(encodeFlow, { extensions })), { code: 'protocol' });
});

test('options of a request survive, and a request without them has none', () => {
  assert.deepEqual(flowsOptionsOf(packFlowsOptions({ detail: true })), { detail: true });
  assert.deepEqual(flowsOptionsOf(undefined), {});
  assert.deepEqual(flowsOptionsOf({ typeUrl: 'other', value: new Uint8Array([0xff]) }), {});
});
