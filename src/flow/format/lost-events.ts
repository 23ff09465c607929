import { type LostEvent, LostEventSource } from '../gen/flow.ts';
import { namesOf } from './enum-names.ts';
import type { TimeFormatter } from './time.ts';

const sourceName = namesOf(LostEventSource);

/** Where events were lost: `HUBBLE_RING_BUFFER`. */
export const lostSourceText = ({ source }: LostEvent): string => sourceName(source);
/** `CPU(2)`; the CPU is 0 when the source does not say. */
export const lostCpuText = ({ cpu = 0 }: LostEvent): string => `CPU(${cpu})`;
/** How many, in decimal. */
export const lostCountText = ({ numEventsLost = 0 }: LostEvent): string => String(numEventsLost);

/** ` (first: …, last: …)` of a report that sums up a span, as servers since 1.19 send them; else ''. */
export function lostSpanText({ first, last }: LostEvent, timeText: TimeFormatter): string {
  return first === undefined || last === undefined ? '' : ` (first: ${timeText(first)}, last: ${timeText(last)})`;
}
