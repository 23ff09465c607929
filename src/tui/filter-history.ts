const MAX_ENTRIES = 200;

/** The filters of this run: what applies, what undo and redo go back to, what was typed before. At most 200 of each. */
export class FilterHistory {
  #past: string[] = [];
  #future: string[] = [];
  #typed: string[] = [];
  #current = '';

  get current(): string {
    return this.#current;
  }

  /** Filters applied by hand, newest first, without repetitions. */
  get typed(): readonly string[] {
    return this.#typed;
  }

  /** Keeps a typed filter for the up key. */
  remember(text: string): void {
    if (text !== '') this.#typed = [text, ...this.#typed.filter((each) => each !== text)].slice(0, MAX_ENTRIES);
  }

  /** Makes `text` the filter. */
  apply(text: string): void {
    if (text === this.#current) return;
    this.#past = [...this.#past, this.#current].slice(-MAX_ENTRIES);
    this.#future = [];
    this.#current = text;
  }

  /** Back to the filter before; false when there is none. */
  undo(): boolean {
    const before = this.#past.pop();
    if (before === undefined) return false;
    this.#future.push(this.#current);
    this.#current = before;
    return true;
  }

  /** The reverse of `undo`; false when nothing was undone. */
  redo(): boolean {
    const after = this.#future.pop();
    if (after === undefined) return false;
    this.#past.push(this.#current);
    this.#current = after;
    return true;
  }
}
