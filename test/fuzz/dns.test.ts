import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDns, splitDnsOverTcp } from '../../src/capture/dns.ts';

const head = fc.constantFrom([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0, 1, 0x81, 0x80, 0, 1, 0, 200, 0, 0, 0, 0]);
const tail = fc.array(fc.oneof(fc.constantFrom(0, 1, 5, 12, 0xc0, 0xff), fc.nat(255)), { maxLength: 500 });
const nearly = fc.tuple(head, tail).map(([start, rest]) => Buffer.from([...start, ...rest]));
const bytes = fc.uint8Array({ maxLength: 512 }).map((array) => Buffer.from(array));

test('no bytes make the DNS parser throw or run away, and names are printable', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, bytes), (payload) => {
      for (const message of [payload, ...splitDnsOverTcp(payload)].map(parseDns)) {
        for (const name of [message?.query ?? '', ...(message?.cnames ?? [])]) {
          assert.match(name, /^[\x21-\x7e]*$/);
          assert.ok(name.length <= 4 * 255);
        }
        assert.ok((message?.ips.length ?? 0) <= 64);
      }
    }),
    { numRuns: 3000 },
  );
});
