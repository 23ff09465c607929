import type { FlowEvent } from '../source.ts';
import type { PartOptions } from './parts.ts';
import type { TimeFormatter } from './time.ts';

/** How events are put into words. */
export interface FormatOptions extends PartOptions {
  readonly timeText: TimeFormatter;
  readonly nodeName: boolean;
}

/**
 * Turns events into text, one by one, in order; keeps what a format needs between two events.
 * Texts end in a line feed, or are empty when the format shows nothing for an event.
 */
export interface FlowFormatter {
  /** Text for standard output. */
  format(event: FlowEvent): string;
  /** Text for standard error: a node's status. */
  formatStatus(event: FlowEvent): string;
  /** What is left to print when the source has ended. */
  end(): string;
}
