import { countText } from '../flow/quantity-text.ts';
import type { FlowEvent } from '../flow/source.ts';
import { detailLines } from './flow-detail.ts';
import type { Command } from './keys.ts';
import type { Theme } from './theme.ts';

/** The pane that shows everything about one flow. It holds the flow itself, so that nothing can take it away. */
export class DetailPane {
  #event: FlowEvent | undefined;
  #focused = false;
  #scroll = 0;

  get isOpen(): boolean {
    return this.#event !== undefined;
  }

  /** Whether moving keys scroll it instead of the list. */
  get focused(): boolean {
    return this.#focused;
  }

  open(event: FlowEvent): void {
    this.#event = event;
    this.#scroll = 0;
  }

  close(): void {
    this.#event = undefined;
    this.#focused = false;
  }

  toggleFocus(): void {
    this.#focused = this.isOpen && !this.#focused;
  }

  /** Scrolls, if the command is one that moves; returns whether it is. */
  scroll(command: Command, page: number): boolean {
    const steps: Partial<Record<Command, number>> = {
      down: 1,
      up: -1,
      halfDown: page >> 1,
      halfUp: -(page >> 1),
      pageDown: page,
      pageUp: -page,
      oldest: Number.NEGATIVE_INFINITY,
    };
    const step = steps[command];
    if (step === undefined) return false;
    this.#scroll = Math.max(0, this.#scroll + step);
    return true;
  }

  /** Exactly `height` lines of at most `width` columns, each starting with `edge`; the last one says what is below. */
  lines(width: number, height: number, edge: string, theme: Theme): string[] {
    if (this.#event === undefined) return [];
    const all = detailLines(this.#event, width - edge.length, theme);
    this.#scroll = Math.min(this.#scroll, Math.max(0, all.length - height));
    const shown = all.slice(this.#scroll, this.#scroll + height);
    const below = all.length - this.#scroll - height;
    if (below > 0) shown[height - 1] = theme.paint('dim', `${theme.glyphs.down} ${countText(below + 1, 'more line')}`);
    return Array.from({ length: height }, (_, y) => edge + (shown[y] ?? ''));
  }
}
