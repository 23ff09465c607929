import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NetwatchError } from '../../../src/base/error.ts';
import type { FlowSource } from '../../../src/flow/source.ts';
import { runTui, type TuiOptions } from '../../../src/tui/run.tsx';
import { createFlows } from '../../fixtures/synthetic-flows.ts';
import { createSyntheticSource } from '../../fixtures/synthetic-source.ts';
import { VirtualTerminal } from '../../fixtures/virtual-terminal.ts';

class FakeKeyboard extends EventEmitter {
  readonly isTTY = true;
  raw = false;

  setRawMode(on: boolean): void {
    this.raw = on;
  }

  resume(): void {}

  pause(): void {}
}

const silent: FlowSource = {
  async *flows(_request, signal) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  },
};

function setUp(source: FlowSource, env: Record<string, string> = {}) {
  const stdin = new FakeKeyboard();
  const stdout = new VirtualTerminal(80, 24);
  const abort = new AbortController();
  const options: TuiOptions = {
    source,
    request: { follow: true },
    title: 'test',
    stdin,
    stdout,
    env: { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    signal: abort.signal,
  };
  const text = async (): Promise<string> => {
    await stdout.settle();
    return stdout.lines().join('\n');
  };
  const waitFor = async (pattern: RegExp): Promise<void> => {
    for (let i = 0; i < 300 && !pattern.test(await text()); i++) await delay(10);
    assert.match(await text(), pattern);
  };
  const assertRestored = async (): Promise<void> => {
    await stdout.settle();
    assert.deepEqual(stdout.state, { screen: 'normal', wraps: true, pasteMarks: false });
    assert.equal(stdin.raw, false);
    assert.equal(stdin.listenerCount('data') + stdout.listenerCount('resize'), 0);
  };
  return { options, stdin, stdout, abort, waitFor, assertRestored };
}

const isUnsupported = (error: unknown): boolean =>
  error instanceof NetwatchError && error.code === 'unsupported' && !!error.hint;

test('TERM=dumb and anything that is no terminal are refused with a hint, before a byte is written', async () => {
  const dumb = setUp(silent, { TERM: 'dumb' });
  await assert.rejects(runTui(dumb.options), isUnsupported);
  const { options } = setUp(silent);
  await assert.rejects(
    runTui({ ...options, stdout: Object.assign(new VirtualTerminal(80, 24), { isTTY: false }) }),
    isUnsupported,
  );
  await assert.rejects(
    runTui({ ...options, stdin: Object.assign(new FakeKeyboard(), { isTTY: false }) }),
    isUnsupported,
  );
  assert.equal(dumb.stdout.takeTraffic().bytes, 0);
});

test('flows appear, q leaves, the terminal is as before', async () => {
  const { options, stdin, stdout, waitFor, assertRestored } = setUp(createSyntheticSource({ flowsPerSecond: 200 }));
  const ended = runTui(options);
  await waitFor(/LIVE[\s\S]*FWD/);
  assert.deepEqual(stdout.state, { screen: 'alternate', wraps: false, pasteMarks: true });
  assert.equal(stdin.raw, true);
  stdin.emit('data', Buffer.from('q'));
  await ended;
  await assertRestored();
});

test('an aborted signal ends it, also when it was aborted before', async () => {
  const { options, abort, waitFor, assertRestored } = setUp(silent);
  const ended = runTui(options);
  await waitFor(/waiting for flows/);
  abort.abort();
  await ended;
  await assertRestored();
  await runTui(options);
  await assertRestored();
});

test('a source that fails at once ends the view with its error', async () => {
  const failure = new NetwatchError('unavailable', 'nobody listens');
  const failing: FlowSource = {
    // biome-ignore lint/correctness/useYield: it fails before its first batch.
    async *flows() {
      throw failure;
    },
  };
  const { options, assertRestored } = setUp(failing);
  await assert.rejects(runTui(options), failure);
  await assertRestored();
});

test('a source that fails later leaves its flows on screen, and its error when the user leaves', async () => {
  const { options, stdin, waitFor, assertRestored } = setUp(
    createSyntheticSource({ flowsPerSecond: 200, failAfter: 10 }),
  );
  const ended = runTui(options);
  await waitFor(/FAILED[\s\S]*FWD[\s\S]*the synthetic source failed/);
  stdin.emit('data', Buffer.from('\x03'));
  await assert.rejects(ended, /the synthetic source failed/);
  await assertRestored();
});

test('a lone Esc becomes a key after a moment, split sequences stay whole', async () => {
  const { options, stdin, waitFor } = setUp(createSyntheticSource({ flowsPerSecond: 200 }));
  const ended = runTui(options);
  stdin.emit('data', Buffer.from('?'));
  await waitFor(/Keys: Esc closes/);
  stdin.emit('data', Buffer.from('\x1b'));
  stdin.emit('data', Buffer.from('[B'));
  await waitFor(/Keys: Esc closes/);
  stdin.emit('data', Buffer.from('\x1b'));
  await waitFor(/LIVE[\s\S]*TIME [\s\S]*\d\d:\d\d:\d\d [\s\S]*Enter detail/);
  stdin.emit('data', Buffer.from('qq'));
  await ended;
});

test('a terminal that stops reading does not stop ingestion', async () => {
  const { options, stdin, stdout, waitFor } = setUp(createSyntheticSource({ flowsPerSecond: 2000 }));
  const ended = runTui(options);
  await waitFor(/FWD/);
  stdout.stop();
  await delay(100);
  stdout.takeTraffic();
  await delay(700);
  assert.deepEqual(stdout.takeTraffic(), { bytes: 0, writes: 0 });
  stdout.resume();
  await waitFor(/seen [1-9] \d\d\d/);
  stdin.emit('data', Buffer.from('q'));
  await ended;
});

test('a source that never waits leaves keys and frames their turn', async () => {
  const makeFlow = createFlows(1);
  const batch = Array.from({ length: 256 }, (_, index) => ({ flow: makeFlow(index, 0) }));
  const eager: FlowSource = {
    async *flows(_request, signal) {
      while (!signal.aborted) yield batch;
    },
  };
  const { options, stdin, waitFor, assertRestored } = setUp(eager);
  const ended = runTui(options);
  await waitFor(/LIVE[\s\S]*FWD/);
  stdin.emit('data', Buffer.from('q'));
  await ended;
  await assertRestored();
});
