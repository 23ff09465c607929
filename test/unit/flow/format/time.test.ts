import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRfc3339, parseRfc3339 } from '../../../../src/flow/format/rfc3339.ts';
import { createTimeFormatter } from '../../../../src/flow/format/time.ts';

const TIME = { seconds: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000, nanos: 120_300_000 };

for (const [format, wanted] of [
  ['StampMilli', 'Jan  2 03:04:05.120'],
  ['YearMonthDay', '2026-01-02'],
  ['YearMonthDayHour', '2026-01-02T03Z'],
  ['YearMonthDayHourMinute', '2026-01-02T03:04Z'],
  ['RFC3339', '2026-01-02T03:04:05Z'],
  ['RFC3339Milli', '2026-01-02T03:04:05.12Z'],
  ['RFC3339Micro', '2026-01-02T03:04:05.1203Z'],
  ['RFC3339Nano', '2026-01-02T03:04:05.1203Z'],
  ['RFC1123Z', 'Fri, 02 Jan 2026 03:04:05 +0000'],
  ['no such format', 'Jan  2 03:04:05.120'],
] as const) {
  test(format, () => assert.equal(createTimeFormatter(format)(TIME), wanted));
}

test('a fraction of zeros is no fraction', () => {
  assert.equal(createTimeFormatter('RFC3339Nano')({ ...TIME, nanos: 0 }), '2026-01-02T03:04:05Z');
  assert.equal(createTimeFormatter('RFC3339Milli')({ ...TIME, nanos: 999 }), '2026-01-02T03:04:05Z');
});

test('no time and an impossible time are N/A', () => {
  const timeText = createTimeFormatter('RFC3339');
  assert.equal(timeText(undefined), 'N/A');
  assert.equal(timeText({ seconds: 1e15, nanos: 0 }), 'N/A');
  assert.equal(timeText({ seconds: 0, nanos: -1 }), 'N/A');
});

test('local time is the wall clock of the zone, with its offset', () => {
  const before = process.env.TZ;
  process.env.TZ = 'America/St_Johns';
  try {
    assert.equal(createTimeFormatter('RFC3339Milli', { local: true })(TIME), '2026-01-01T23:34:05.12-03:30');
    assert.equal(createTimeFormatter('StampMilli', { local: true })(TIME), 'Jan  1 23:34:05.120');
    assert.equal(createTimeFormatter('RFC1123Z', { local: true })(TIME), 'Thu, 01 Jan 2026 23:34:05 -0330');
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test('RFC 3339 has as many digits as it needs, in threes', () => {
  const at = (nanos: number): string => formatRfc3339({ ...TIME, nanos });
  assert.deepEqual(
    [at(0), at(120_000_000), at(120_300), at(7)],
    [
      '2026-01-02T03:04:05Z',
      '2026-01-02T03:04:05.120Z',
      '2026-01-02T03:04:05.000120300Z',
      '2026-01-02T03:04:05.000000007Z',
    ],
  );
});

test('what RFC 3339 prints it reads back', () => {
  const times = fc.record({
    seconds: fc.integer({ min: -62135596800, max: 253402300799 }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
  });
  fc.assert(fc.property(times, (time) => assert.deepEqual(parseRfc3339(formatRfc3339(time)), { ...time })));
});

test('offsets are taken into account, and other texts are no times', () => {
  assert.deepEqual(parseRfc3339('2026-01-02T05:04:05.5+02:00'), { ...TIME, nanos: 500_000_000 });
  for (const text of [
    '',
    '2026-01-02',
    '2026-13-02T03:04:05Z',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04:05.1234567890Z',
  ]) {
    assert.equal(parseRfc3339(text), undefined, text);
  }
});
