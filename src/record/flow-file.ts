import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { messageOf, NetwatchError } from '../base/error.ts';
import { eventFromJson } from '../flow/format/json-reader.ts';
import type { FlowEvent, FlowSource, FlowsRequest } from '../flow/source.ts';
import { splitLines, type TextLine } from './lines.ts';
import { compileSelection, LastEvents } from './selection.ts';

const CHUNK_BYTES = 256 * 1024;
/** The longest line that is read, in bytes: far above any flow, far below what would exhaust memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** `number` of a request for everything: 2^64 - 1. */
const ALL = 2n ** 64n - 1n;

export interface FlowFileOptions {
  /** Hears one sentence a line that was skipped, and one about unknown fields. */
  readonly onWarning: (text: string) => void;
  /** Where the path `-` reads from. */
  readonly stdin?: Readable;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

function readingFailed(path: string, thrown: unknown): NetwatchError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return new NetwatchError('input', `cannot read ${path}: ${REASONS[code] ?? messageOf(thrown)}`, { cause: thrown });
}

async function* readChunks(path: string, stdin: Readable | undefined, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (path === '-' && stdin === undefined) throw new NetwatchError('internal', 'no standard input to read flows from');
  const stream = path === '-' && stdin !== undefined ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    yield* addAbortSignal(signal, stream);
  } catch (thrown) {
    if (!signal.aborted) throw readingFailed(path, thrown);
  }
}

/** Parses lines into events; what cannot be parsed becomes a warning. */
class LineReader {
  readonly #warn: (text: string) => void;
  #line = 0;
  #unknownSeen = false;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  read({ number, text }: TextLine): FlowEvent | undefined {
    this.#line = number;
    if (text === undefined) {
      this.#warn(`line ${number} skipped: longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
      return undefined;
    }
    if (text.trim() === '') return undefined;
    try {
      return eventFromJson(text, this.#unknown);
    } catch (thrown) {
      this.#warn(`line ${number} skipped: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  readonly #unknown = (path: string): void => {
    if (this.#unknownSeen) return;
    this.#unknownSeen = true;
    this.#warn(`line ${this.#line} has ${path}, which this version does not know; unknown fields are left out`);
  };
}

/**
 * Flows of a file of JSON lines as `-o jsonpb` writes them, here or in Hubble; `-` is standard input.
 *
 * Order is the file's. Filters, since and until apply to each line; `number` keeps the first or the last so many, and
 * without it everything comes; follow means nothing here. Lines that are not flows (lost events, node status) are
 * judged as a flow of which nothing is known, so that few filters let them pass. A line that cannot be read, or is longer than 16 MiB, is skipped with a warning
 * that names it. Fails with `NetwatchError('input')` when the file cannot be read.
 */
export function openFlowFile(path: string, { onWarning, stdin }: FlowFileOptions): FlowSource {
  async function* flows(request: FlowsRequest, signal: AbortSignal): AsyncGenerator<readonly FlowEvent[]> {
    const selects = compileSelection(request);
    const limit = request.number === ALL ? 0 : Number(request.number ?? 0);
    const last = limit > 0 && !request.first ? new LastEvents(limit) : undefined;
    let wanted = limit > 0 && request.first ? limit : Number.POSITIVE_INFINITY;
    const reader = new LineReader(onWarning);
    for await (const lines of splitLines(readChunks(path, stdin, signal), MAX_LINE_BYTES)) {
      const batch: FlowEvent[] = [];
      for (const line of lines) {
        const event = reader.read(line);
        if (event === undefined || !selects(event)) continue;
        if (last === undefined) batch.push(event);
        else last.add(event);
        if (batch.length === wanted) break;
      }
      if (batch.length > 0) yield batch;
      wanted -= batch.length;
      if (wanted === 0 || signal.aborted) return;
    }
    const kept = last?.toArray() ?? [];
    if (kept.length > 0 && !signal.aborted) yield kept;
  }
  return { flows };
}
