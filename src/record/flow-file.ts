import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { messageOf, NetwatchError } from '../base/error.ts';
import { eventFromJson } from '../flow/format/json-reader.ts';
import type { FlowEvent, FlowSource, FlowsRequest } from '../flow/source.ts';
import { LineScanner } from './line-scanner.ts';
import { LineCursor } from './lines.ts';
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

/** Reads lines into events; what cannot be read becomes a warning. */
class EventReader {
  readonly #warn: (text: string) => void;
  readonly #scanner = new LineScanner();
  #line = 0;
  #unknownSeen = false;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  read({ bytes, start, end, number, tooLong }: LineCursor): FlowEvent | undefined {
    this.#line = number;
    if (tooLong) {
      this.#warn(`line ${number} skipped: longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
      return undefined;
    }
    return this.#scanner.read(bytes, start, end) ?? this.#readText(bytes.toString('utf8', start, end));
  }

  #readText(text: string): FlowEvent | undefined {
    if (text.trim() === '') return undefined;
    try {
      return eventFromJson(text, this.#unknown);
    } catch (thrown) {
      this.#warn(`line ${this.#line} skipped: ${messageOf(thrown)}`);
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
 * judged as a flow of which nothing is known, so that few filters let them pass. A line that cannot be read, or is longer
 * than 16 MiB, is skipped with a warning that names it, whatever the request filters by. Fails with
 * `NetwatchError('input')` when the file cannot be read.
 */
export function openFlowFile(path: string, { onWarning, stdin }: FlowFileOptions): FlowSource {
  async function* flows(request: FlowsRequest, signal: AbortSignal): AsyncGenerator<readonly FlowEvent[]> {
    const selects = compileSelection(request);
    const limit = request.number === ALL ? 0 : Number(request.number ?? 0);
    const last = limit > 0 && !request.first ? new LastEvents(limit) : undefined;
    let wanted = limit > 0 && request.first ? limit : Number.POSITIVE_INFINITY;
    const reader = new EventReader(onWarning);
    const lines = new LineCursor(MAX_LINE_BYTES);
    const take = (batch: FlowEvent[]): void => {
      const event = reader.read(lines);
      if (event === undefined || !selects(event)) return;
      if (last === undefined) batch.push(event);
      else last.add(event);
    };
    for await (const chunk of readChunks(path, stdin, signal)) {
      const batch: FlowEvent[] = [];
      lines.push(chunk);
      while (batch.length < wanted && lines.next()) take(batch);
      if (batch.length > 0) yield batch;
      wanted -= batch.length;
      if (wanted === 0 || signal.aborted) return;
    }
    const rest: FlowEvent[] = [];
    if (lines.finish()) take(rest);
    if (rest.length > 0) yield rest;
    const kept = last?.toArray() ?? [];
    if (kept.length > 0 && !signal.aborted) yield kept;
  }
  return { flows };
}
