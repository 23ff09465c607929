import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFlow, decodeFlowFilter } from '../../../src/wire/gen/flow.ts';
import { type Decode, decodeMessage } from '../../../src/wire/message.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { encodeByProtobufjs, lookupType, messageArbitrary } from '../../wire/messages.ts';

/** The fields of a message as separate pieces, each with its number. */
function fieldsOf(bytes: Uint8Array): { readonly id: number; readonly bytes: Uint8Array }[] {
  const reader = new Reader(bytes);
  const fields: { id: number; bytes: Uint8Array }[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const tag = reader.uint32();
    reader.skip(tag);
    fields.push({ id: tag >>> 3, bytes: bytes.subarray(start, reader.pos) });
  }
  return fields;
}

const DECODERS: Readonly<Record<string, Decode<object>>> = {
  'flow.Flow': decodeFlow,
  'flow.FlowFilter': decodeFlowFilter,
};
for (const [name, decode] of Object.entries(DECODERS)) {
  test(`the fields of a ${name} may come in any order`, () => {
    const type = lookupType(name);
    fc.assert(
      fc.property(messageArbitrary(type), fc.array(fc.nat(), { minLength: 50, maxLength: 50 }), (message, keys) => {
        const shuffled = fieldsOf(encodeByProtobufjs(type, message)).sort(
          (a, b) => (keys[a.id % 50] ?? 0) - (keys[b.id % 50] ?? 0) || a.id - b.id,
        );
        assert.deepEqual(decodeMessage(decode, Buffer.concat(shuffled.map((f) => f.bytes))), message);
      }),
    );
  });
}
