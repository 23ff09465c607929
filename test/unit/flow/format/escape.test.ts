import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COLORED, createFormatter, createTimeFormatter, escapeText, PLAIN } from '../../../../src/flow/format/index.ts';
import { eventToJson } from '../../../../src/flow/format/json.ts';
import type { FlowEvent } from '../../../../src/flow/source.ts';

const CONTROL = /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b', '\r', '\n', '\t', '\0', '\x7f', '\x9b', '\u202e', '[31m', 'é', '😀'),
    fc.string(),
  ),
  maxLength: 12,
});

test('ESC and CR look as Hubble prints them', () => {
  assert.equal(escapeText('\x1b[31mred\r'), '^[[31mred\\r');
  assert.equal(escapeText('a\nb\tc\x07\x9b\u202e'), 'a\\nb\\tc\\u0007\\u009b\\u202e');
});

test('harmless text is returned as it is', () => {
  for (const text of ['', 'shop/cart-1', 'żółw 😀', '^[ \\r']) assert.equal(escapeText(text), text);
});

test('no control character gets through', () => {
  fc.assert(fc.property(hostile, (text) => assert.doesNotMatch(escapeText(text), CONTROL)));
});

const events: fc.Arbitrary<FlowEvent> = fc.record({
  nodeName: hostile,
  flow: fc.record({
    nodeName: hostile,
    summary: hostile,
    ip: fc.record({ source: hostile, destination: hostile }),
    source: fc.record({ namespace: hostile, podName: hostile }),
    sourceService: fc.option(fc.record({ namespace: hostile, name: hostile }), { nil: undefined }),
    destinationNames: fc.array(hostile, { maxLength: 2 }),
    l7: fc.option(fc.record({ dns: fc.record({ observationSource: hostile }) }), { nil: undefined }),
    eventType: fc.constant({ type: 5 }),
    verdict: fc.constant(1),
    trafficDirection: fc.constant(1),
    ingressAllowedBy: fc.array(fc.record({ name: hostile, namespace: hostile, kind: hostile }), { maxLength: 1 }),
  }),
});

for (const format of ['compact', 'dict', 'table'] as const) {
  for (const palette of [PLAIN, COLORED]) {
    test(`${format}${palette === COLORED ? ' in colour' : ''} prints one event in its own lines, without foreign escapes`, () => {
      const lines = { compact: 1, dict: 7, table: 2 }[format];
      fc.assert(
        fc.property(events, (event) => {
          const timeText = createTimeFormatter('StampMilli');
          const formatter = createFormatter(format, {
            palette,
            timeText,
            translateIps: true,
            policyNames: true,
            nodeName: true,
          });
          const text = formatter.format(event) + formatter.end();
          assert.equal(text.split('\n').length - 1, lines, JSON.stringify(text));
          assert.doesNotMatch(text.replaceAll(/\x1b\[(?:0|3[1-6])m|\n/g, ''), CONTROL);
        }),
      );
    });
  }
}

test('a node status is escaped as well', () => {
  const options = {
    palette: PLAIN,
    timeText: createTimeFormatter('RFC3339'),
    translateIps: true,
    policyNames: false,
    nodeName: false,
  };
  fc.assert(
    fc.property(hostile, hostile, fc.integer({ min: 0, max: 5 }), (name, message, stateChange) => {
      const event = { nodeName: name, nodeStatus: { stateChange, nodeNames: [name, name], message } };
      for (const format of ['compact', 'dict'] as const) {
        assert.doesNotMatch(createFormatter(format, options).formatStatus(event).replaceAll('\n', ''), CONTROL);
      }
    }),
  );
});

test('JSON holds no raw control character and reads back the same', () => {
  fc.assert(
    fc.property(hostile, (summary) => {
      const text = eventToJson({ flow: { summary } });
      assert.doesNotMatch(text, /[\0-\x1f\x7f-\x9f]/);
      assert.deepEqual(JSON.parse(text), summary === '' ? { flow: {} } : { flow: { Summary: summary } });
    }),
  );
});
