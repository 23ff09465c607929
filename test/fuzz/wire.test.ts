import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NetwatchError } from '../../src/base/error.ts';
import { FrameReader } from '../../src/wire/framing.ts';
import { decodeFlow, decodeFlowFilter, encodeFlow } from '../../src/wire/gen/flow.ts';
import { decodeGetFlowsRequest, decodeGetFlowsResponse } from '../../src/wire/gen/observer.ts';
import { type Decode, decodeMessage, encodeMessage } from '../../src/wire/message.ts';
import { decodeStatusMessage, encodeStatusMessage } from '../../src/wire/status.ts';
import { encodeByProtobufjs, lookupType, messageArbitrary } from '../wire/messages.ts';

const flowType = lookupType('flow.Flow');

/** A message, or an error that says what was wrong with the bytes; nothing else. */
function accepts(decode: () => unknown): void {
  try {
    decode();
  } catch (thrown) {
    assert.ok(thrown instanceof NetwatchError, `threw ${String(thrown)}`);
    assert.equal(thrown.code, 'protocol');
  }
}

describe('bytes from anywhere', () => {
  const decoders: readonly Decode<unknown>[] = [
    decodeGetFlowsResponse,
    decodeGetFlowsRequest,
    decodeFlow,
    decodeFlowFilter,
  ];
  for (const decode of decoders) {
    test(`${decode.name} gives a message or a protocol error`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => accepts(() => decodeMessage(decode, bytes))),
        { numRuns: 2000 },
      );
    });
  }

  test('a flow with one byte changed or its end cut off gives a message or a protocol error', () => {
    fc.assert(
      fc.property(messageArbitrary(flowType), fc.nat(), fc.nat(255), fc.nat(), (message, at, value, cut) => {
        const bytes = encodeByProtobufjs(flowType, message);
        if (bytes.length === 0) return;
        accepts(() => decodeMessage(decodeFlow, bytes.subarray(0, cut % bytes.length)));
        bytes[at % bytes.length] = value;
        accepts(() => decodeMessage(decodeFlow, bytes));
      }),
      { numRuns: 1000 },
    );
  });

  test('what was read from any bytes can be written and read again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let flow: ReturnType<typeof decodeFlow>;
        try {
          flow = decodeMessage(decodeFlow, bytes);
        } catch {
          return;
        }
        decodeMessage(decodeFlow, encodeMessage(encodeFlow, flow, true));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('frames', () => {
  test('are the same messages however the bytes are cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat(60), { maxLength: 20 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((m) => Buffer.concat([Buffer.from([0, 0, 0, 0, m.length]), m])));
        const received: string[] = [];
        const frames = new FrameReader();
        let from = 0;
        for (const length of [...cuts, bytes.length]) {
          const to = Math.min(bytes.length, from + length);
          frames.push(bytes.subarray(from, to), (b, s, e) => received.push(b.toString('hex', s, e)));
          from = to;
        }
        assert.equal(frames.incomplete, false);
        assert.deepEqual(
          received,
          sent.map((m) => Buffer.from(m).toString('hex')),
        );
      }),
    );
  });

  test('of any bytes give messages or an error and hold no more than arrived', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 10 }), (chunks) => {
        const frames = new FrameReader(1000);
        accepts(() => {
          for (const chunk of chunks) frames.push(Buffer.from(chunk), () => {});
        });
      }),
      { numRuns: 1000 },
    );
  });
});

test('a status message survives its way through a header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const header = encodeStatusMessage(text);
      assert.match(header, /^[ -~]*$/);
      assert.equal(decodeStatusMessage(header), text);
    }),
  );
});

test('any header is a status message', () => {
  fc.assert(fc.property(fc.string(), (header) => void decodeStatusMessage(header)));
});
