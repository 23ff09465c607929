import { EventEmitter } from 'node:events';

/** The part of a tty's output stream that the compositor needs. */
export interface TerminalOutput {
  readonly columns: number;
  readonly rows: number;
  /** Calls back when the terminal has taken all of it. */
  write(text: string, taken?: () => void): boolean;
}

/** First character of a line whose left part is a table row. */
export const TABLE_HOLE = '\ue000';
/** Where, on such a line, the right pane begins. */
export const PANE_EDGE = '\ue001';

// Some ptys have no size until somebody sets one.
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Rows that bypass React. */
export interface Table {
  /** Screen line of the first one, 0-based. */
  readonly top: number;
  /** Finished lines; beside a pane, each exactly as wide as the list. */
  readonly lines: readonly string[];
}

/** Cell of the real cursor, 0-based. */
export interface CursorPosition {
  readonly column: number;
  readonly line: number;
}

/**
 * A stdout for Ink that turns whole frames into the fewest bytes.
 *
 * Ink in debug mode writes each frame as one string; its holes are filled with table rows that React never sees. Each
 * line is compared with what the terminal shows and written only if it differs, rows that only moved are moved by the
 * terminal's scroll region, and a frame is one write. While the terminal has not taken the frame before, nothing is
 * written and nothing is queued: the next frame is painted fresh when it has. The screen is never erased except by
 * `reset`, after which everything is painted again.
 */
export class Compositor extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #output: TerminalOutput;
  #chrome: readonly string[] = [];
  #table: Table = { top: 0, lines: [] };
  #cursor: CursorPosition | undefined;
  #shown: string[] = [];
  #shownCursor: CursorPosition | undefined;
  #erase = true;
  #inFlight = false;
  #dirty = false;
  #closed = false;

  constructor(output: TerminalOutput) {
    super();
    this.#output = output;
  }

  /** The last column stays empty: writing it would make erasing to the end of the line take the character away again. */
  get columns(): number {
    return Math.max(1, (this.#output.columns || DEFAULT_COLUMNS) - 1);
  }

  get rows(): number {
    return this.#output.rows || DEFAULT_ROWS;
  }

  /** Ink's frames; anything else Ink writes (cursor and mode sequences) is ours to decide and ignored. */
  write(frame: string, callback?: unknown): boolean {
    if (frame.length > 1 && !frame.startsWith('\x1b[?')) this.#chrome = frame.split('\n');
    if (typeof callback === 'function') callback();
    return true;
  }

  setTable(table: Table): void {
    this.#table = table;
  }

  setCursor(cursor: CursorPosition | undefined): void {
    this.#cursor = cursor;
  }

  /** Forgets what the terminal shows, after a resize, a suspension or when something else wrote to it. */
  reset(): void {
    this.#erase = true;
    this.#shown = [];
    this.#shownCursor = undefined;
  }

  /** Brings the terminal up to date, in one write; later, if it has not taken the last frame yet. */
  flush(): void {
    if (this.#closed) return;
    if (this.#inFlight) {
      this.#dirty = true;
      return;
    }
    this.#dirty = false;
    const frame = this.#compose();
    if (frame === '') return;
    this.#inFlight = true;
    this.#output.write(frame, () => {
      this.#inFlight = false;
      if (this.#dirty) this.flush();
    });
  }

  /** Stops painting for good. */
  close(): void {
    this.#closed = true;
  }

  #compose(): string {
    const lines = this.#overlay();
    let frame = this.#erase ? '\x1b[0m\x1b[2J' : '';
    this.#erase = false;
    frame += this.#scroll(lines);
    for (const [y, line] of lines.entries()) {
      if (this.#shown[y] === line) continue;
      frame += `\x1b[${y + 1};1H${line}\x1b[0m\x1b[K`;
      this.#shown[y] = line;
    }
    return frame + this.#placeCursor(frame !== '');
  }

  /** The frame as it should be: Ink's lines with the holes filled. */
  #overlay(): string[] {
    const { top, lines: rows } = this.#table;
    return this.#chrome.slice(0, this.rows).map((line, y) => {
      if (!line.startsWith(TABLE_HOLE)) return line;
      const edge = line.indexOf(PANE_EDGE);
      const row = rows[y - top] ?? '';
      return edge < 0 ? row : row + line.slice(edge + 1);
    });
  }

  /** Sequences that let the terminal move rows that are on screen already but on another line. */
  #scroll(lines: readonly string[]): string {
    const top = this.#table.top;
    let height = 0;
    while (this.#isPlainHole(top + height)) height++;
    if (height < 4 || this.#shown.length < top + height) return '';
    const shown = this.#shown.slice(top, top + height);
    const wanted = lines.slice(top, top + height);
    const shift = findShift(shown, wanted);
    if (shift === 0) return '';
    const blank = Array.from({ length: Math.abs(shift) }, () => '');
    const moved = shift > 0 ? [...shown.slice(shift), ...blank] : [...blank, ...shown.slice(0, shift)];
    this.#shown.splice(top, height, ...moved);
    return `\x1b[0m\x1b[${top + 1};${top + height}r\x1b[${Math.abs(shift)}${shift > 0 ? 'S' : 'T'}\x1b[r`;
  }

  #isPlainHole(y: number): boolean {
    const line = this.#chrome[y];
    return line?.startsWith(TABLE_HOLE) === true && !line.includes(PANE_EDGE);
  }

  #placeCursor(moved: boolean): string {
    const cursor = this.#cursor;
    const before = this.#shownCursor;
    if (cursor === undefined) {
      this.#shownCursor = undefined;
      return before === undefined ? '' : '\x1b[?25l';
    }
    if (!moved && before?.column === cursor.column && before.line === cursor.line) return '';
    this.#shownCursor = cursor;
    return `\x1b[${cursor.line + 1};${cursor.column + 1}H${before === undefined ? '\x1b[?25h' : ''}`;
  }
}

/**
 * By how many lines `shown` has to move up (negative: down) to be mostly `wanted`; 0 when moving does not pay. Only the
 * distance between the first wanted line's old and new place is tried, and the other way round: lines are long and
 * almost always distinct.
 */
function findShift(shown: readonly string[], wanted: readonly string[]): number {
  const height = wanted.length;
  const unmoved = wanted.filter((line, y) => line === shown[y]).length;
  if (unmoved > height / 2) return 0;
  const up = shown.indexOf(wanted[0] ?? '');
  const down = wanted.indexOf(shown[0] ?? '');
  for (const shift of [up, -down]) {
    if (shift === 0 || Math.abs(shift) >= height || (shift > 0 ? up : down) < 0) continue;
    const kept = wanted.filter((line, y) => line !== '' && line === shown[y + shift]).length;
    if (kept > unmoved + 1 && kept * 2 >= height - Math.abs(shift)) return shift;
  }
  return 0;
}
