import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventToJson, filterToJson, messageToJson } from '../../../../src/flow/format/json.ts';
import { eventFromJson, filterFromJson } from '../../../../src/flow/format/json-reader.ts';
import { ENUMS, MESSAGES } from '../../../../src/flow/gen/schema.ts';
import type { FlowEvent } from '../../../../src/flow/source.ts';

const refuse = (path: string): never => assert.fail(`unknown ${path}`);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 });
const uint64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map((n) => (n <= Number.MAX_SAFE_INTEGER ? Number(n) : n));

/** Values that a field of this kind can hold and JSON does not leave out. */
function valuesOf(kind: string): fc.Arbitrary<unknown> {
  if (kind.endsWith('[]')) return fc.array(valuesOf(kind.slice(0, -2)), { minLength: 1, maxLength: 2 });
  if (kind.startsWith('enum ')) {
    return fc.oneof(fc.constantFrom(...Object.values(ENUMS[kind.slice(5)] ?? {}).filter(Boolean)), fc.constant(4711));
  }
  const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    string: text,
    bool: fc.constant(true),
    'bool?': fc.boolean(),
    uint32: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    'uint32?': fc.nat(2 ** 31),
    int32: fc.integer({ min: -(2 ** 31), max: -1 }),
    'int32?': fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    double: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.001 }),
    uint64,
    int64: fc.integer({ min: 1 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 5 }),
    timestamp: fc
      .record({
        seconds: fc.integer({ min: -62135596800, max: 253402300799 }),
        nanos: fc.integer({ min: 0, max: 999_999_999 }),
      })
      .map((made) => ({ ...made })),
    any: fc
      .record({ typeUrl: text, value: fc.uint8Array({ minLength: 1, maxLength: 5 }) })
      .map((made) => ({ ...made })),
    fieldmask: fc.constant({ paths: ['a.b', 'c'] }),
  };
  return scalars[kind] ?? message(kind);
}

function message(name: string): fc.Arbitrary<object> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const line of MESSAGES[name] ?? []) {
    const [, property = '', ...kind] = line.split(' ');
    if (kind[0] === 'extensions') fields.detail = fc.option(message('netwatch.v1.FlowDetail'), { nil: undefined });
    else fields[property] = valuesOf(kind.join(' '));
  }
  // Absent means absent: a key with the value undefined is another object to deepEqual.
  return fc.record(fields, { requiredKeys: [] }).map((made) => {
    return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
  });
}

test('an event survives JSON with every field there is', () => {
  fc.assert(
    fc.property(message('observer.GetFlowsResponse'), (event) => {
      assert.deepEqual(eventFromJson(eventToJson(event as FlowEvent), refuse), event);
    }),
    { numRuns: 300 },
  );
});

test('a filter survives JSON', () => {
  fc.assert(
    fc.property(message('flow.FlowFilter'), (filter) => assert.deepEqual(filterFromJson(filterToJson(filter)), filter)),
  );
});

test('random text never does worse than a NetwatchError', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify({ flow: value, time: value })),
  );
  fc.assert(
    fc.property(texts, (line) => {
      try {
        eventFromJson(line, () => {});
      } catch (thrown) {
        assert.equal((thrown as Error).name, 'NetwatchError', line);
      }
    }),
    { numRuns: 2000 },
  );
});

test('zero values are left out, except where absence means something', () => {
  const flow = {
    isReply: false,
    reply: false,
    verdict: 0,
    summary: '',
    socketCookie: 0,
    l4: { tcp: { flags: {} } },
    sourceNames: [],
  };
  assert.equal(
    eventToJson({ flow, lostEvents: { cpu: 0, numEventsLost: 0n } }),
    '{"flow":{"l4":{"TCP":{"flags":{}}},"is_reply":false},"lost_events":{"cpu":0}}',
  );
});

test('lists keep their zero values', () => {
  assert.equal(
    filterToJson({ verdict: [0, 2, 99], reply: [false], sourcePod: [''], ipTraceId: [0], tcpFlags: [{}] }),
    '{"source_pod":[""],"verdict":["VERDICT_UNKNOWN","DROPPED",99],"reply":[false],"tcp_flags":[{}],"ip_trace_id":["0"]}',
  );
});

test('our detail is a Struct in JSON, and another vendor’s bytes stay', () => {
  const detail = { event: 3, netns: 7, connection: { bytesSent: 2n ** 60n, role: 1 } };
  const line = eventToJson({ flow: { detail } });
  assert.equal(
    line,
    '{"flow":{"extensions":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"event":"EVENT_CLOSE","connection":{"role":"ROLE_CLIENT","bytes_sent":"1152921504606846976"},"netns":7}}}}',
  );
  assert.deepEqual(eventFromJson(line, refuse), { flow: { detail } });
  const unknown: string[] = [];
  const foreign = '{"flow":{"extensions":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"tcp_id":1}}}}';
  assert.deepEqual(
    eventFromJson(foreign, (path) => unknown.push(path)),
    { flow: {} },
  );
  assert.deepEqual(unknown, ['flow.extensions']);
});

test('reads camelCase, enum numbers, numbers in quotes and null', () => {
  const line =
    '{"flow":{"sourceNames":["a"],"eventType":{"type":"4","subType":5},"verdict":2,"l7":{"latencyNs":5},"uuid":null},"nodeName":"n"}';
  assert.deepEqual(eventFromJson(line, refuse), {
    flow: { sourceNames: ['a'], eventType: { type: 4, subType: 5 }, verdict: 2, l7: { latencyNs: 5 } },
    nodeName: 'n',
  });
});

test('unknown fields and enum names are told by their path and left out', () => {
  const unknown: string[] = [];
  const line = '{"flow":{"x":{"y":1},"verdict":"NEW","l4":{"TCP":{"z":1}}},"__proto__":{"a":1}}';
  assert.deepEqual(
    eventFromJson(line, (path) => unknown.push(path)),
    { flow: { l4: { tcp: {} } } },
  );
  assert.deepEqual(unknown, ['flow.x', 'flow.verdict NEW', 'flow.l4.TCP.z', '__proto__']);
});

for (const [line, wanted] of [
  [
    '{"flow":{"l4":{"TCP":{"source_port":"x"}}}}',
    'flow.l4.TCP.source_port: expected an integer from 0 to 4294967295, got "x"',
  ],
  ['{"flow":{"source":{"labels":"a"}}}', 'flow.source.labels: expected a list, got "a"'],
  ['{"flow":{"source":{"ID":1},"time":"yesterday"}}', 'flow.time: expected an RFC 3339 time, got "yesterday"'],
  [
    '{"flow":{"socket_cookie":9007199254740993}}',
    'flow.socket_cookie: expected a 64-bit integer, in quotes if above 2^53, got 9007199254740992',
  ],
  ['{"flow":{"is_reply":"true"}}', 'flow.is_reply: expected true or false, got "true"'],
  ['{"flow":[]}', 'flow: expected an object, got []'],
  ['[]', 'expected an object, got []'],
] as const) {
  test(`names what is wrong with ${line}`, () => {
    assert.throws(() => eventFromJson(line, refuse), { code: 'input', message: wanted });
  });
}

test('a filter with an unknown field is refused, because it would match too much', () => {
  assert.throws(() => filterFromJson('{"source_pods":["a"]}'), { message: 'unknown field source_pods' });
  assert.throws(() => filterFromJson('{"verdict":["NOPE"]}'), { message: 'unknown value verdict NOPE' });
});

test('text is spelled as Go spells it', () => {
  assert.equal(
    messageToJson('flow.Emitter', { name: '<a&b>\u2028"\\\x7f\n' }),
    '{"name":"\\u003ca\\u0026b\\u003e\\u2028\\"\\\\\\u007f\\n"}',
  );
});
