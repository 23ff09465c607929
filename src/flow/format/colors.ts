/** How a part of a flow is painted. Every function takes text that is already escaped. */
export interface Palette {
  readonly host: (text: string) => string;
  readonly port: (text: string) => string;
  readonly identity: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const plain = (text: string): string => text;
const paint =
  (code: number) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;

/** No colours at all. */
export const PLAIN: Palette = { host: plain, port: plain, identity: plain, good: plain, bad: plain, warn: plain };
/** Hubble's colours: hosts cyan, ports yellow, identities magenta, verdicts green, red and yellow. */
export const COLORED: Palette = {
  host: paint(36),
  port: paint(33),
  identity: paint(35),
  good: paint(32),
  bad: paint(31),
  warn: paint(33),
};
