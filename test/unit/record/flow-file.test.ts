import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, test } from 'node:test';
import type { FlowEvent, FlowsRequest } from '../../../src/flow/source.ts';
import { openFlowFile } from '../../../src/record/flow-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwatch-record-'));
after(() => rmSync(folder, { recursive: true }));

const flowLine = (second: number, verdict = 'FORWARDED'): string =>
  JSON.stringify({ flow: { uuid: String(second), verdict }, time: new Date(second * 1000).toISOString() });
const LOST = '{"lost_events":{"num_events_lost":"3"},"time":"1970-01-01T00:00:03Z"}';

interface Read {
  readonly ids: readonly string[];
  readonly warnings: readonly string[];
}

async function read(
  text: string | Readable,
  request: FlowsRequest = {},
  signal = new AbortController().signal,
): Promise<Read> {
  const stdin = typeof text === 'string' ? Readable.from([Buffer.from(text)]) : text;
  const warnings: string[] = [];
  const events: FlowEvent[] = [];
  const source = openFlowFile('-', { onWarning: (warning) => warnings.push(warning), stdin });
  for await (const batch of source.flows(request, signal)) {
    assert.ok(batch.length > 0);
    events.push(...batch);
  }
  return { ids: events.map(({ flow }) => flow?.uuid ?? 'lost'), warnings };
}

const FIVE = [flowLine(1), flowLine(2), LOST, flowLine(4, 'DROPPED'), flowLine(5, 'DROPPED')].join('\n');

test('reads every line, the last one without a line feed, CRLF and blank lines too', async () => {
  assert.deepEqual(await read(FIVE), { ids: ['1', '2', 'lost', '4', '5'], warnings: [] });
  assert.deepEqual((await read(`${FIVE.replaceAll('\n', '\r\n\r\n')}\r\n`)).ids, ['1', '2', 'lost', '4', '5']);
  assert.deepEqual(await read(''), { ids: [], warnings: [] });
});

test('first and last count lines of any kind', async () => {
  assert.deepEqual((await read(FIVE, { number: 3, first: true })).ids, ['1', '2', 'lost']);
  assert.deepEqual((await read(FIVE, { number: 3 })).ids, ['lost', '4', '5']);
  assert.deepEqual((await read(FIVE, { number: 100 })).ids, ['1', '2', 'lost', '4', '5']);
  assert.deepEqual((await read(FIVE, { number: 5 })).ids, ['1', '2', 'lost', '4', '5']);
  assert.deepEqual((await read(FIVE, { number: 2n ** 64n - 1n })).ids, ['1', '2', 'lost', '4', '5']);
});

test('since and until hold for every line, and include their own instant', async () => {
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  assert.deepEqual((await read(FIVE, { since: at(2), until: at(4) })).ids, ['2', 'lost', '4']);
  assert.deepEqual((await read('{"flow":{"uuid":"x"}}', { since: at(1) })).ids, []);
});

test('a malformed line is named whatever the request filters by', async () => {
  const broken = '{"flow":{"uuid":"2","verdict":"FORWARDED","IP":[{}},"time":"1970-01-01T00:00:02Z"}';
  const { ids, warnings } = await read([flowLine(1), broken, flowLine(4, 'DROPPED')].join('\n'), {
    whitelist: [{ verdict: [2] }],
  });
  assert.deepEqual(ids, ['4']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^line 2 skipped: /);
});

test('filters', async () => {
  assert.deepEqual((await read(FIVE, { whitelist: [{ verdict: [2] }] })).ids, ['4', '5']);
  assert.deepEqual((await read(FIVE, { blacklist: [{ verdict: [2] }] })).ids, ['1', '2', 'lost']);
  await assert.rejects(read(FIVE, { whitelist: [{ sourcePort: ['x'] }] }), { code: 'usage' });
});

test('a bad line is skipped with its number, and the rest is read', async () => {
  const { ids, warnings } = await read(`${flowLine(1)}\n{"flow":\n${flowLine(3)}\n{"flow":{"uuid":5}}\n`);
  assert.deepEqual(ids, ['1', '3']);
  assert.match(warnings[0] ?? '', /^line 2 skipped: .*JSON/);
  assert.equal(warnings[1], 'line 4 skipped: flow.uuid: expected text, got 5');
  assert.equal(warnings.length, 2);
});

test('unknown fields are told once', async () => {
  const { ids, warnings } = await read('{"flow":{"uuid":"1","new":1}}\n{"flow":{"uuid":"2","newer":1}}\n');
  assert.deepEqual(ids, ['1', '2']);
  assert.deepEqual(warnings, ['line 1 has flow.new, which this version does not know; unknown fields are left out']);
});

test('a line longer than the bound is skipped and not held', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  async function* chunks() {
    yield Buffer.from(`${flowLine(1)}\n`);
    for (let i = 0; i < 20; i++) yield megabyte;
    yield Buffer.from(`\n${flowLine(3)}`);
  }
  const { ids, warnings } = await read(Readable.from(chunks()));
  assert.deepEqual(ids, ['1', '3']);
  assert.deepEqual(warnings, ['line 2 skipped: longer than 16 MiB']);
});

test('lines may be cut anywhere, also inside a character', async () => {
  const bytes = Buffer.from(`{"flow":{"uuid":"żó😀"}}\r\n{"flow":{"uuid":"2"}}`);
  const { ids } = await read(Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
  assert.deepEqual(ids, ['żó😀', '2']);
});

async function readPath(path: string): Promise<number> {
  let count = 0;
  const { signal } = new AbortController();
  for await (const batch of openFlowFile(path, { onWarning: assert.fail }).flows({}, signal)) count += batch.length;
  return count;
}

test('a file that cannot be read is one clear error', async () => {
  const missing = join(folder, 'missing.jsonl');
  await assert.rejects(readPath(missing), { code: 'input', message: `cannot read ${missing}: no such file` });
  await assert.rejects(readPath(folder), { code: 'input', message: `cannot read ${folder}: it is a directory` });
});

test('a file is read by its path', async () => {
  const path = join(folder, 'flows.jsonl');
  writeFileSync(path, FIVE);
  assert.equal(await readPath(path), 5);
});

test('aborting ends the reading quietly, also while nothing arrives', async () => {
  const stdin = new PassThrough();
  stdin.write(`${flowLine(1)}\n`);
  const stop = new AbortController();
  const reading = read(stdin, {}, stop.signal);
  setTimeout(() => stop.abort(), 20);
  assert.deepEqual((await reading).ids, ['1']);
});

test('--last of a file is bounded', async () => {
  await assert.rejects(read(FIVE, { number: 1_000_001 }), { code: 'usage', message: /--last must be at most 1000000/ });
});
