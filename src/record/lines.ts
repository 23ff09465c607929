/** One line of a byte stream, without its line feed. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** UTF-8 decoded; a trailing carriage return is gone. Nothing when the line was longer than the bound. */
  readonly text: string | undefined;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

function decode(bytes: Buffer): string {
  const end = bytes.length > 0 && bytes[bytes.length - 1] === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  return bytes.toString('utf8', 0, end);
}

/**
 * Splits chunks of bytes into lines, one batch a chunk; a last line needs no line feed. Holds at most `maxBytes` of an
 * unfinished line: a longer one is skipped to its end and reported without text.
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<readonly TextLine[]> {
  let number = 1;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;

  const take = (rest: Buffer): TextLine => {
    const tooLong = skipping || heldBytes + rest.length > maxBytes;
    const text = tooLong ? undefined : decode(held.length === 0 ? rest : Buffer.concat([...held, rest]));
    held = [];
    heldBytes = 0;
    skipping = false;
    return { number: number++, text };
  };

  for await (const chunk of chunks) {
    const lines: TextLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      lines.push(take(chunk.subarray(start, end)));
      start = end + 1;
    }
    heldBytes += chunk.length - start;
    skipping ||= heldBytes > maxBytes;
    if (skipping) held = [];
    else if (start < chunk.length) held.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield [take(Buffer.alloc(0))];
}
