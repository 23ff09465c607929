import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WallClock } from '../../src/capture/clock.ts';
import { createCounts } from '../../src/capture/counts.ts';
import { RecordDecoder } from '../../src/capture/decode.ts';
import { DropReasons } from '../../src/capture/drop-reason.ts';
import { HeadLayout, MessageLayout } from '../../src/capture/layout.gen.ts';
import { createSlab } from '../../src/capture/observation.ts';
import { DEFAULT_CAPTURE } from '../../src/capture/options.ts';

/** Random bytes, with the fields that steer the decoder plausible more often than not. */
const record = fc
  .tuple(
    fc.uint8Array({ minLength: 700, maxLength: 700 }),
    fc.nat(6),
    fc.constantFrom(0, 80, 120, 152, 224, 608, 65_535),
    fc.nat(5),
  )
  .map(([bytes, type, size, protocol]) => {
    const record = Buffer.from(bytes);
    record[HeadLayout.type] = type;
    record.writeUInt16LE(size, HeadLayout.size);
    record[MessageLayout.protocol] = protocol;
    return record.subarray(0, size > 700 || size === 0 ? 700 : size);
  });

test('no slab makes the decoder throw, loop or read beyond it', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.nat(4000), (records, length) => {
      const counts = createCounts();
      const decoder = new RecordDecoder({
        settings: DEFAULT_CAPTURE,
        clock: new WallClock(() => 0n),
        reasons: new DropReasons({}),
        symbols: { find: () => undefined },
        counts,
      });
      const joined = Buffer.concat(records);
      const slab = createSlab(new ArrayBuffer(Math.max(8, joined.length)));
      slab.bytes.set(joined);
      const flows = decoder.decode(slab, length);
      decoder.expire();
      assert.equal(flows.length, counts.flows);
    }),
    { numRuns: 1000 },
  );
});
