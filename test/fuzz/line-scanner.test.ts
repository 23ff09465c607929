import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { eventToJson } from '../../src/flow/format/json.ts';
import { eventFromJson } from '../../src/flow/format/json-reader.ts';
import type { FlowEvent } from '../../src/flow/source.ts';
import { LineScanner } from '../../src/record/line-scanner.ts';

const golden = gunzipSync(readFileSync(new URL('../golden/hubble/flows.jsonl.gz', import.meta.url)))
  .toString()
  .trimEnd()
  .split('\n');

const scanner = new LineScanner();
const scan = (bytes: Buffer): FlowEvent | undefined => {
  // Not alone in its buffer, as in a chunk of a file: nothing beyond its ends may be looked at.
  const chunk = Buffer.concat([Buffer.from('"{9'), bytes, Buffer.from('",1}]\n')]);
  return scanner.read(chunk, 3, 3 + bytes.length);
};

/** What the full reader makes of a line; undefined when it refuses it or leaves something out. */
function readFully(bytes: Buffer): FlowEvent | undefined {
  let unknown = false;
  try {
    const event = eventFromJson(bytes.toString(), () => {
      unknown = true;
    });
    return unknown ? undefined : event;
  } catch {
    return undefined;
  }
}

function assertSame(bytes: Buffer): void {
  const scanned = scan(bytes);
  if (scanned !== undefined) assert.deepEqual(scanned, readFully(bytes), bytes.toString());
}

test('every golden line is read without the full reader, and alike', () => {
  for (const line of [...golden, ...golden]) {
    const bytes = Buffer.from(line);
    assert.deepEqual(scan(bytes), readFully(bytes));
  }
});

test('what netwatch adds, text beyond ASCII and escapes are read without the full reader, and alike', () => {
  const text = fc.string({ unit: 'binary', maxLength: 80 });
  const event = fc.record({
    flow: fc.record(
      {
        summary: text,
        uuid: text,
        time: fc.record({ seconds: fc.integer({ min: 0, max: 4e9 }), nanos: fc.nat(999_999_999) }),
        isReply: fc.boolean(),
        sourceNames: fc.array(text, { maxLength: 3, minLength: 1 }),
        cgroupId: fc.nat(),
        source: fc.record({ podName: text, identity: fc.nat() }, { requiredKeys: [] }),
        detail: fc.record({ skbDropReason: text, cgroupId: fc.nat() }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(event, (written) => {
      const bytes = Buffer.from(eventToJson(written));
      const scanned = scan(bytes);
      assert.notEqual(scanned, undefined, bytes.toString());
      assert.deepEqual(scanned, readFully(bytes));
    }),
  );
});

/** Pieces that change what a line means, or whether it is JSON at all. */
const PIECES = [
  '"',
  '\\',
  ',',
  '{',
  '}',
  '[',
  ']',
  ':',
  ' ',
  'null',
  '0',
  '-1',
  '1e3',
  '9999999999999999',
  '"\\u0041"',
  'é',
  '\ud800',
  '\0',
  '"uuid":"x",',
  '"podName":"x",',
  '"unknown":1,',
  '.5',
];

test('whatever a line is, the scanner leaves it to the full reader or reads the same', () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(12),
    put: fc.constantFrom('', ...PIECES),
  });
  fc.assert(
    fc.property(fc.constantFrom(...golden), fc.array(edit, { minLength: 1, maxLength: 3 }), (line, edits) => {
      let text = line;
      for (const { at, cut, put } of edits) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + put + text.slice(from + cut);
      }
      assertSame(Buffer.from(text));
    }),
    { numRuns: 3000 },
  );
});

test('bytes that are not UTF-8 are read alike', () => {
  fc.assert(
    fc.property(fc.constantFrom(...golden), fc.nat(2000), fc.integer({ min: 0x80, max: 0xff }), (line, at, byte) => {
      const bytes = Buffer.from(line);
      bytes[at % bytes.length] = byte;
      assertSame(bytes);
    }),
  );
});
