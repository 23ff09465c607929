import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'netwatch-tmux-'));
// A server of its own per case: one that is about to end still takes the next session, and ends with it.
let servers = 0;
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

function tmux(...args: string[]): string {
  const run = spawnSync('tmux', ['-S', join(folder, `${servers}`), '-f', '/dev/null', ...args], {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C.UTF-8', NODE_ENV: '' },
  });
  return run.stdout;
}

async function waitFor(what: string, holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (holds()) return;
    await delay(100);
  }
  assert.fail(`${what}; the screen is\n${tmux('capture-pane', '-p')}`);
}

const screen = (): string => tmux('capture-pane', '-p');
const state = (): string =>
  tmux('display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag} #{pane_current_command}').trim();
const program = `${process.execPath} --import tsx ${join(ROOT, 'test/fixtures/watch-synthetic.ts')}`;

describe('the terminal is given back', { skip: hasTmux ? false : 'tmux is not installed' }, () => {
  after(() => {
    tmux('kill-server');
    rmSync(folder, { recursive: true });
  });

  async function start(env = ''): Promise<void> {
    tmux('kill-server');
    servers++;
    tmux('new-session', '-d', '-x', '120', '-y', '30', '-c', ROOT, 'bash --norc --noprofile');
    tmux('send-keys', "PS1='prompt> '; clear", 'Enter');
    await waitFor('no prompt', () => screen().startsWith('prompt>'));
    tmux(
      'send-keys',
      `stty -a > /dev/null; echo before; ${env} ${program}; echo "status $?"; stty -a | grep -o -- '-\\?icanon\\|-\\?echo ' | tr -d '\\n'`,
      'Enter',
    );
    await waitFor('no flows', () => screen().includes('LIVE') && screen().includes('FWD'));
    assert.match(state(), /^1 0 0 /, 'alternate screen, no cursor, no wrap');
  }

  async function assertRestored(said: RegExp): Promise<void> {
    await waitFor('no prompt afterwards', () => /status \d+/.test(screen()) && /prompt>\s*$/.test(screen().trimEnd()));
    assert.match(screen(), said);
    assert.match(screen(), /before/, 'what was on the screen is back');
    assert.match(state(), /^0 1 1 /, 'main screen, cursor, wrap');
    assert.match(screen(), /(?<!-)icanon/, 'lines are edited again');
    assert.match(screen(), /(?<!-)echo /, 'typing is shown again');
  }

  /** The first process that the shell of the pane has started. */
  function pid(): number {
    const shell = tmux('display-message', '-p', '#{pane_pid}').trim();
    return Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')[0]);
  }

  test('after q', async () => {
    await start();
    tmux('send-keys', 'q');
    await assertRestored(/left normally[\s\S]*status 0/);
  });

  test('after ctrl-C', async () => {
    await start();
    tmux('send-keys', 'C-c');
    await assertRestored(/left normally[\s\S]*status 0/);
  });

  for (const name of ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
    test(`after ${name}`, async () => {
      await start();
      process.kill(pid(), name);
      await assertRestored(/left normally[\s\S]*status 0/);
    });
  }

  test('after an exception nobody caught', async () => {
    await start('CRASH_MS=3000');
    await assertRestored(/planted crash[\s\S]*status 1/);
  });

  test('after the source failed and the user left', async () => {
    await start('FAIL_AFTER=20');
    await waitFor('no failure', () => screen().includes('FAILED') && screen().includes('the synthetic source failed'));
    tmux('send-keys', 'q');
    await assertRestored(/left with the synthetic source failed[\s\S]*status 1/);
  });

  test('while suspended, and taken again by fg', async () => {
    await start();
    tmux('send-keys', 'C-z');
    await waitFor('not suspended', () => /Stopped/.test(screen()));
    assert.match(state(), /^0 1 1 bash/);
    tmux('send-keys', 'fg', 'Enter');
    await waitFor('not continued', () => screen().includes('LIVE'));
    assert.match(state(), /^1 0 0 /);
    tmux('send-keys', 'q');
    await waitFor('still there', () => state().startsWith('0 1 1'));
  });

  test('and follows a resize', async () => {
    await start();
    tmux('resize-window', '-x', '80', '-y', '20');
    await waitFor(
      'not resized',
      () =>
        screen()
          .split('\n')
          .findIndex((line) => line.includes('Enter detail')) === 19,
    );
    tmux('resize-window', '-x', '39', '-y', '9');
    await waitFor('no request', () => screen().includes('enlarge'));
    tmux('send-keys', 'q');
    await waitFor('still there', () => state().startsWith('0 1 1'));
  });
});
