import { createCompactFormatter } from './compact.ts';
import { createDictFormatter } from './dict.ts';
import type { FlowFormatter, FormatOptions } from './formatter.ts';
import { eventToJson } from './json.ts';
import { createTabFormatter } from './tab.ts';

export { COLORED, PLAIN } from './colors.ts';
export { escapeText } from './escape.ts';
export type { FlowFormatter, FormatOptions } from './formatter.ts';
export { createTimeFormatter, TIME_FORMATS } from './time.ts';

function createJsonFormatter(): FlowFormatter {
  const line = (event: Parameters<typeof eventToJson>[0]): string => `${eventToJson(event)}\n`;
  return {
    format: (event) => (event.flow === undefined && event.lostEvents === undefined ? '' : line(event)),
    formatStatus: line,
    end: () => '',
  };
}

const FORMATS = {
  compact: createCompactFormatter,
  dict: createDictFormatter,
  json: createJsonFormatter,
  jsonpb: createJsonFormatter,
  tab: createTabFormatter,
  table: createTabFormatter,
} as const;

/** Names of the output formats, Hubble's. */
export type OutputFormat = keyof typeof FORMATS;

/** True for the name of an output format. */
export const isOutputFormat = (name: string): name is OutputFormat => Object.hasOwn(FORMATS, name);

/** Builds the formatter of a name. */
export const createFormatter = (format: OutputFormat, options: FormatOptions): FlowFormatter =>
  FORMATS[format](options);
