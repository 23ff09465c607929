import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCaptured } from './run-captured.ts';

const FLOW =
  '{"flow":{"time":"2026-01-02T03:04:05.1Z","verdict":"FORWARDED","Summary":"UDP"},"time":"2026-01-02T03:04:05.1Z"}\n';
const status = (state: string): string =>
  `{"node_status":{"state_change":"${state}","node_names":["n1"]},"node_name":"hub","time":"2026-01-02T03:04:05Z"}\n`;
const observe = (stdin: string, ...argv: string[]) => runCaptured(['observe', '--input-file', '-', ...argv], { stdin });

test('node status goes to standard error, failures only unless asked', async () => {
  const stdin = status('NODE_CONNECTED') + status('NODE_UNAVAILABLE') + FLOW;
  const line = 'Jan  2 03:04:05.000 [hub]: 1 nodes are unavailable: n1\n';
  const plain = await observe(stdin);
  assert.equal(plain.stderr, line);
  assert.equal(plain.stdout.split('\n').length, 2);
  assert.equal(
    (await observe(stdin, '-D')).stderr,
    `Jan  2 03:04:05.000 [hub]: Receiving flows from 1 nodes: n1\n${line}`,
  );
  assert.equal((await observe(stdin, '-s')).stderr, '');
  const json = await observe(stdin, '-o', 'json');
  assert.equal(json.stderr, status('NODE_UNAVAILABLE'));
  assert.equal(json.stdout, FLOW.replace('05.1Z', '05.100Z').replace('05.1Z', '05.100Z'));
});

test('colours are for terminals, unless always or never', async () => {
  assert.doesNotMatch((await observe(FLOW)).stdout, /\x1b/);
  assert.match((await observe(FLOW, '--color', 'always')).stdout, /\x1b\[32mFORWARDED\x1b\[0m/);
  assert.match((await observe(FLOW, '--color', 'sometimes')).stderr, /invalid argument "sometimes" for "--color" flag/);
});

test('warnings about lines name the file and the line, escaped', async () => {
  const { stderr, stdout, status: code } = await observe(`{"flow":"\x1b[31m"\n${FLOW}`);
  assert.match(stderr, /^netwatch: -: line 1 skipped: .*\n$/);
  assert.doesNotMatch(stderr, /\x1b/);
  assert.equal(stdout.split('\n').length, 2);
  assert.equal(code, 0);
});

test('--print-raw-filters prints YAML and opens nothing', async () => {
  const run = (...argv: string[]) =>
    runCaptured(['observe', '--input-file', '/nonexistent', '--print-raw-filters', ...argv]);
  assert.equal((await run()).stdout, '{}\n');
  assert.equal(
    (await run('--pod', "it's", '--not', '--port', '53')).stdout,
    `allowlist:
    - '{"source_pod":["it''s"]}'
    - '{"destination_pod":["it''s"]}'
denylist:
    - '{"source_port":["53"]}'
    - '{"destination_port":["53"]}'
`,
  );
});

test('every failure is one line, or two with advice, and status 1', async () => {
  for (const [argv, wanted] of [
    [['observ'], 'netwatch: unknown command: observ\nDid you mean observe?\n'],
    [['--versoin'], 'netwatch: unknown flag: --versoin\nDid you mean --version?\n'],
    [
      ['observe', 'x'],
      'netwatch: observe takes no argument, got "x"\nTo filter by name, use --from, --to or --with.\n',
    ],
    [['observe', '--folow'], 'netwatch: unknown flag: --folow\nDid you mean --follow?\n'],
    [['observe', '-f', '-o', 'table'], 'netwatch: table output format is not compatible with follow mode\n'],
    [['observe', '--input-file', '/nonexistent'], 'netwatch: cannot read /nonexistent: no such file\n'],
  ] as const) {
    assert.deepEqual(await runCaptured(argv), { status: 1, stdout: '', stderr: wanted });
  }
});

test('help and version are for standard output', async () => {
  assert.match((await runCaptured([])).stdout, /^netwatch shows live/);
  assert.deepEqual(await runCaptured(['help', 'observe']), await runCaptured(['observe', '-h']));
  assert.match((await runCaptured(['--version'])).stdout, /^netwatch \S+\n$/);
});

test('without a server there is no past to ask for, and without root nothing at all', async () => {
  const { status: code, stderr } = await runCaptured(['observe', '--last', '5']);
  assert.equal(code, 1);
  assert.match(
    stderr,
    process.getuid?.() === 0
      ? /^netwatch: --last needs flows from the past, and this host is only watched from now on\n/
      : /^netwatch: watching this host needs root, and no server is given\n/,
  );
});

for (const command of ['observe', 'demo', 'relay', 'status']) {
  test(`${command} refuses an argument that no flag takes, before it does anything`, async () => {
    const { status: code, stdout, stderr } = await runCaptured([command, 'extra']);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.ok(stderr.startsWith(`netwatch: ${command} takes no argument, got "extra"\n`), stderr);
  });
}

test('--loopback is refused where somebody else watches', async () => {
  for (const other of [
    ['--server', 'unix:///nobody.sock'],
    ['--input-file', '-'],
  ]) {
    const { status: code, stderr } = await runCaptured(['observe', '--loopback', ...other]);
    assert.equal(code, 1);
    assert.match(stderr, /^netwatch: cannot set both --loopback and --(server|input-file)\n/);
  }
});
