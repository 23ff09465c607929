import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flag, parseFlags } from '../../../src/cli/options.ts';

const FLAGS: readonly Flag[] = [
  { name: 'output', short: 'o', value: 'FORMAT', help: 'h', group: 'g' },
  { name: 'follow', short: 'f', help: 'h', group: 'g' },
  { name: 'server', value: 'ADDRESS', env: ['A', 'B'], help: 'h', group: 'g' },
  { name: 'last', value: 'N', help: 'h', group: 'g' },
];
const parse = (...argv: string[]) => parseFlags(FLAGS, argv, { B: 'from-b' });

test('every spelling of a value', () => {
  for (const argv of [['--output', 'x'], ['--output=x'], ['-o', 'x'], ['-ox'], ['-o=x'], ['-fox'], ['-fo', 'x']]) {
    assert.equal(parse(...argv).text('output'), 'x', argv.join(' '));
  }
  assert.equal(parse('--output=a=b').text('output'), 'a=b');
  assert.equal(parse('--output', '-').text('output'), '-');
  assert.equal(parse('--output=').text('output'), '');
});

test('switches are on, off or what is said after =', () => {
  assert.equal(parse('-f').isOn('follow'), true);
  assert.equal(parse('--follow=false').isOn('follow', true), false);
  assert.equal(parse().isOn('follow', true), true);
  assert.deepEqual(parse('--follow', 'false').positionals, ['false']);
  assert.throws(() => parse('--follow=maybe').isOn('follow'), {
    code: 'usage',
    message: 'invalid argument "maybe" for "-f, --follow" flag: expected true or false',
  });
});

test('repeated flags keep their order, the last one counts alone', () => {
  const flags = parse('--server', 'a', '-o', 'x', '--server=b');
  assert.deepEqual(flags.all('server'), ['a', 'b']);
  assert.equal(flags.text('server'), 'b');
  assert.deepEqual(
    flags.occurrences.map(({ flag, value }) => `${flag.name}=${value}`),
    ['server=a', 'output=x', 'server=b'],
  );
});

test('the environment stands in, in its order', () => {
  assert.equal(parse().text('server'), 'from-b');
  assert.equal(parse().has('server'), false);
  assert.equal(parseFlags(FLAGS, [], { A: 'a', B: 'b' }).text('server'), 'a');
  assert.equal(parseFlags(FLAGS, ['--server', 'flag'], { A: 'a' }).text('server'), 'flag');
  assert.equal(parseFlags(FLAGS, [], { A: '' }).text('server'), undefined);
});

test('counts are whole numbers up to 64 bits', () => {
  assert.equal(parse('--last', '18446744073709551615').count('last'), 2n ** 64n - 1n);
  for (const value of ['-1', '1.5', 'x', '', '18446744073709551616']) {
    assert.throws(() => parse(`--last=${value}`).count('last'), {
      code: 'usage',
      message: /for "--last" flag: expected a whole number/,
    });
  }
});

test('what is no flag is kept, and -- ends the flags', () => {
  assert.deepEqual(parse('a', '-f', '-', '--', '--output', '-x').positionals, ['a', '-', '--output', '-x']);
});

test('errors name the flag, and a near one if there is one', () => {
  assert.throws(() => parse('--outptu'), { message: 'unknown flag: --outptu', hint: 'Did you mean --output?' });
  assert.throws(() => parse('--xyz=1'), { message: 'unknown flag: --xyz', hint: undefined });
  assert.throws(() => parse('-fz'), { message: "unknown shorthand flag: 'z' in -fz" });
  assert.throws(() => parse('--output'), { message: 'flag needs an argument: --output' });
  assert.throws(() => parse('-fo'), { message: "flag needs an argument: 'o' in -fo" });
});
