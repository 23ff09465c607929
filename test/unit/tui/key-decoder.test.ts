import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type InputEvent, KeyDecoder, MAX_PASTE_LENGTH } from '../../../src/tui/key-decoder.ts';

function decode(...chunks: (string | Uint8Array)[]): InputEvent[] {
  const decoder = new KeyDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk))), ...decoder.flush()];
}

const show = (event: InputEvent): string =>
  event.kind === 'key' ? event.name : event.kind === 'paste' ? `paste(${event.text})` : `reply(${event.sequence})`;

const CASES: readonly (readonly [bytes: string, names: string])[] = [
  ['jjj', 'j j j'],
  ['G ', 'G space'],
  ['\r\n\t\x7f\b', 'enter enter tab backspace backspace'],
  ['\x03\x04\x15\x1a', 'ctrl-c ctrl-d ctrl-u ctrl-z'],
  ['\x1b', 'esc'],
  ['\x1b\x1b', 'esc esc'],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', 'up down right left'],
  ['\x1bOA\x1bOH\x1bOF', 'up home end'],
  ['\x1b[5~\x1b[6~\x1b[3~\x1b[1~\x1b[4~', 'pgup pgdn delete home end'],
  ['\x1b[1;5C\x1b[1;3D\x1b[1;2A\x1b[3;5~', 'ctrl-right alt-left shift-up ctrl-delete'],
  ['\x1b[Z', 'shift-tab'],
  ['\x1bb\x1b\x7f', 'alt-b alt-backspace'],
  ['\x1b[106u\x1b[106;2u\x1b[100;5u\x1b[27u\x1b[13u', 'j J ctrl-d esc enter'],
  ['\x1b[97;1:3u', ''],
  ['\x1b[97;1:1u', 'a'],
  ['é日👩‍👩‍👧', 'é 日 👩‍👩‍👧'],
  ['\x1b[200~a\x1b[A\nb\x1b[201~q', 'paste(a\x1b[A\nb) q'],
  ['\x1b[0n', 'reply(\x1b[0n)'],
  ['\x1b]11;rgb:0/0/0\x07x', 'reply(\x1b]11;rgb:0/0/0\x07) x'],
  ['\x1b]11;rgb:0/0/0\x1b\\x', 'reply(\x1b]11;rgb:0/0/0\x1b\\) x'],
  ['\x1b[?2026;2$y', 'reply(\x1b[?2026;2$y)'],
];

for (const [bytes, names] of CASES) {
  test(`decodes ${JSON.stringify(bytes)}`, () => {
    assert.equal(decode(bytes).map(show).join(' '), names);
  });

  test(`decodes ${JSON.stringify(bytes)} split at every byte`, () => {
    const whole = Buffer.from(bytes);
    // A grapheme that arrives in two reads is two keys; what they type together is the same.
    const typed = (events: InputEvent[]): string =>
      events.map((event) => (event.kind === 'key' && event.text) || show(event)).join('');
    for (let at = 1; at < whole.length; at++) {
      assert.equal(typed(decode(whole.subarray(0, at), whole.subarray(at))), typed(decode(bytes)), `at ${at}`);
    }
  });
}

test('a lone Esc waits, a key after it does not make it Alt once it was flushed', () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(Buffer.from('\x1b')), []);
  assert.equal(decoder.pending, true);
  assert.deepEqual(decoder.flush().map(show), ['esc']);
  assert.equal(decoder.pending, false);
  assert.deepEqual(decoder.push(Buffer.from('j')).map(show), ['j']);
});

test('a paste is bounded', () => {
  const [event] = decode(`\x1b[200~${'x'.repeat(3 * MAX_PASTE_LENGTH)}\x1b[201~`);
  assert.equal(event?.kind === 'paste' && event.text.length, MAX_PASTE_LENGTH);
});

test('any bytes in any chunks end, and leave the decoder usable', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (chunks) => {
      const decoder = new KeyDecoder();
      for (const chunk of chunks) decoder.push(chunk);
      decoder.flush();
      decoder.push(Buffer.from('\x1b[201~\x07\x18'));
      decoder.flush();
      assert.equal(decoder.push(Buffer.from('q')).map(show).at(-1), 'q');
    }),
  );
});
