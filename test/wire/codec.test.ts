import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as flow from '../../src/wire/gen/flow.ts';
import * as health from '../../src/wire/gen/health.ts';
import * as netwatch from '../../src/wire/gen/netwatch.ts';
import * as observer from '../../src/wire/gen/observer.ts';
import * as peer from '../../src/wire/gen/peer.ts';
import * as relay from '../../src/wire/gen/relay.ts';
import { type Decode, decodeMessage, type Encode, encodeMessage } from '../../src/wire/message.ts';
import { decodeByProtobufjs, encodeByProtobufjs, messageArbitrary, TYPES, toProto } from './messages.ts';

const FILES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  flow,
  health,
  netwatch,
  observer,
  peer,
  relay,
};

function codecOf(file: string, name: string): { decode: Decode<object>; encode: Encode<object> } {
  const decode = FILES[file]?.[`decode${name}`];
  const encode = FILES[file]?.[`encode${name}`];
  assert.equal(typeof decode, 'function', `${file} has no decode${name}`);
  assert.equal(typeof encode, 'function', `${file} has no encode${name}`);
  return { decode: decode as Decode<object>, encode: encode as Encode<object> };
}

/** Empty nested messages read back as plain objects whatever made them. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, v: unknown) => {
      if (typeof v === 'bigint') return String(v);
      if (typeof v === 'object' && v !== null && 'buffer' in v) return Buffer.from(v as Uint8Array).toString('hex');
      return v;
    }),
  );

describe('every message agrees with protobufjs', () => {
  for (const { type, file, name } of TYPES) {
    const { decode, encode } = codecOf(file, name);
    test(`${type.fullName}: what protobufjs writes we read`, () => {
      fc.assert(
        fc.property(messageArbitrary(type), (message) => {
          assert.deepEqual(decodeMessage(decode, encodeByProtobufjs(type, message)), message);
        }),
        { numRuns: 40 },
      );
    });
    test(`${type.fullName}: what we write protobufjs reads`, () => {
      fc.assert(
        fc.property(messageArbitrary(type), (message) => {
          const read = decodeByProtobufjs(type, encodeMessage(encode, message));
          const wanted = type.toObject(type.fromObject(toProto(type, message)), { longs: String });
          assert.deepEqual(plain(read), plain(wanted));
        }),
        { numRuns: 40 },
      );
    });
  }
});
