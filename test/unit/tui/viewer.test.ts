import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TuiStage } from '../../fixtures/tui-stage.ts';

process.env.TZ = 'UTC';

function setUp(context: { after(done: () => void): void }, flows = 300): TuiStage {
  const stage = new TuiStage(130, 30);
  context.after(() => stage.close());
  stage.arrive(flows);
  stage.paint();
  return stage;
}

const body = (lines: readonly string[]): readonly string[] => lines.slice(3, -1);

test('a paused screen does not change by a cell while flows arrive, but its counters go on', async (context) => {
  const stage = setUp(context);
  stage.type('kk');
  const before = await stage.lines();
  stage.arrive(2000);
  stage.paint();
  const after = await stage.lines();
  assert.deepEqual(body(after), body(before));
  assert.match(after[0] ?? '', /PAUSED 1m00s \+2 000 new/);
  stage.type('G');
  assert.match((await stage.lines())[0] ?? '', /LIVE/);
  assert.notDeepEqual(body(await stage.lines()), body(before));
});

test('Esc closes the help, then the detail, then clears the filter', async (context) => {
  const stage = setUp(context);
  stage.type('/verdict=drop\r');
  stage.type('\r');
  stage.type('?');
  const text = async (): Promise<string> => (await stage.lines()).join('\n');
  assert.match(await text(), /Keys: Esc closes/);
  stage.type('\x1b');
  assert.doesNotMatch(await text(), /Keys: Esc closes/);
  assert.match(await text(), /kernel function/);
  stage.type('\x1b');
  assert.doesNotMatch(await text(), /kernel function/);
  assert.match(await text(), /\/ verdict=drop/);
  stage.type('\x1b');
  assert.match(await text(), /no filter/);
});

test('q closes what is open and quits only then; ctrl-C always quits', (context) => {
  const stage = setUp(context);
  stage.type('\r');
  assert.equal(stage.type('q'), undefined);
  assert.equal(stage.type('q'), 'quit');
  assert.equal(stage.type('/abc\x03'), 'quit');
});

test('the detail shows the same flow while the list goes on', async (context) => {
  const stage = setUp(context);
  stage.type('\r');
  const pane = (lines: readonly string[]): string[] => body(lines).map((line) => line.slice(line.indexOf('│')));
  const before = await stage.lines();
  stage.arrive(100);
  stage.paint();
  const after = await stage.lines();
  assert.deepEqual(pane(after), pane(before));
  assert.notDeepEqual(body(after), body(before));
});

test('f on a live list pauses first; on a paused one it keeps the marked cell, u takes it back', async (context) => {
  const stage = setUp(context);
  const filter = async (): Promise<string> => (await stage.lines())[1] ?? '';
  stage.type('f');
  assert.match(await filter(), /no filter/);
  stage.type('llf');
  assert.match(await filter(), /port=\d+/);
  stage.type('u');
  assert.match(await filter(), /no filter/);
  stage.type('U');
  assert.match(await filter(), /port=\d+/);
  stage.type('ux');
  assert.match(await filter(), /-port=\d+/);
});

test('a typed filter: completion, history, a wrong one is not applied', async (context) => {
  const stage = setUp(context);
  const filter = async (): Promise<string> => ((await stage.lines())[1] ?? '').trimEnd();
  stage.type('/verd\tdro\t');
  assert.match(await filter(), /verdict=DROPPED/);
  stage.type('\r');
  stage.type('/\x15ns=\r');
  assert.match((await stage.lines()).join('\n'), /column 4: a value is missing/);
  stage.type('\x1b');
  assert.match(await filter(), /verdict=DROPPED/);
  stage.type('\x1b/\x1b[A');
  assert.match(await filter(), /verdict=DROPPED/);
});

test('pasted escape sequences and newlines become blanks', async (context) => {
  const stage = setUp(context);
  stage.type('/\x1b[200~ns=a\n\x1b[2Jb\x1b[201~');
  assert.match((await stage.lines())[1] ?? '', /ns=a \[2Jb/);
});

test('a resize keeps the selected row in sight', async (context) => {
  const stage = setUp(context);
  stage.type('kkkkkkkkkkkk');
  const selected = (await stage.lines()).find((line) => line.startsWith('▌'))?.slice(1, 13);
  for (const [columns, rows] of [
    [80, 12],
    [60, 20],
    [200, 50],
    [130, 10],
  ] as const) {
    stage.resize(columns, rows);
    const line = (await stage.lines()).find((each) => each.startsWith('▌'));
    assert.equal(line?.slice(1, 9), selected?.slice(0, 8), `${columns}x${rows}`);
  }
});

test('painting twice without news writes nothing', async (context) => {
  const stage = setUp(context);
  stage.terminal.takeTraffic();
  stage.paint();
  stage.paint();
  assert.deepEqual(stage.terminal.takeTraffic(), { bytes: 0, writes: 0 });
});

test('any keys in any order leave a screen that a fresh paint agrees with', async (context) => {
  const stage = setUp(context, 1000);
  const keys = [
    'j',
    'k',
    'g',
    'G',
    '\x04',
    '\x15',
    'h',
    'l',
    'f',
    'x',
    'u',
    'U',
    'v',
    '!',
    'n',
    'N',
    ' ',
    '\r',
    '\x1b',
    '?',
    '\t',
    '/',
    'ns=',
    'a',
    '\x7f',
  ];
  let state = 17;
  for (let step = 0; step < 400; step++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    stage.type(keys[state % keys.length] ?? 'j');
    if (step % 7 === 0) stage.arrive(20);
    stage.paint();
    if (step % 40 !== 39) continue;
    const shown = await stage.lines();
    stage.resize(130, 30);
    assert.deepEqual(await stage.lines(), shown, `step ${step}`);
  }
});

test('no flow, however odd, makes a key or a paint fail', async (context) => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  const number = fc.oneof(fc.integer(), fc.constantFrom(0, 1, 2, 3, 99, 503, Number.NaN));
  const endpoint = fc.record(
    {
      namespace: text,
      podName: text,
      labels: fc.array(text, { maxLength: 2 }),
      workloads: fc.array(fc.record({ name: text })),
    },
    { requiredKeys: [] },
  );
  const anyFlow = fc.record(
    {
      time: fc.record({ seconds: number, nanos: number }),
      verdict: number,
      dropReasonDesc: number,
      ip: fc.record({ source: text, destination: text }),
      source: endpoint,
      destination: endpoint,
      isReply: fc.boolean(),
      l4: fc.record({
        tcp: fc.record({ sourcePort: number, destinationPort: number, flags: fc.record({ syn: fc.boolean() }) }),
      }),
      l7: fc.oneof(
        fc.record({ type: number, latencyNs: number, http: fc.record({ code: number, method: text, url: text }) }),
        fc.record({ type: number, dns: fc.record({ rcode: number, query: text, ips: fc.array(text) }) }),
      ),
      nodeName: text,
      uuid: text,
    },
    { requiredKeys: [] },
  );
  const stage = setUp(context, 3);
  await fc.assert(
    fc.asyncProperty(anyFlow, async (flow) => {
      stage.viewer.store.ingest([{ flow }]);
      stage.type('G j');
      stage.type('hhhhhhfulfulfulfulfulfulxu\r');
      const lines = await stage.lines();
      assert.equal(lines.length, 30);
      assert.match(lines.at(-1) ?? '', /quit/);
      stage.type('q');
    }),
    { numRuns: 60 },
  );
});
