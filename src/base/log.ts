/**
 * Debug lines by category: `NETWATCH_DEBUG=capture,relay` (or `all`) turns categories on. Nothing is formatted while
 * a category is off. Lines go to the sink, stderr by default; the terminal UI replaces it so that none tears a screen.
 */
export type DebugCategory = 'capture' | 'relay' | 'client' | 'lab' | 'tui' | 'wire';

const wanted = new Set((process.env.NETWATCH_DEBUG ?? '').split(',').filter(Boolean));
let sink = (line: string): void => void process.stderr.write(`${line}\n`);

/** Sends all later debug lines elsewhere. */
export function setDebugSink(write: (line: string) => void): void {
  sink = write;
}

/** A function that writes one line of this category, or does nothing at all while it is off. */
export function debug(category: DebugCategory): (text: () => string) => void {
  if (!wanted.has(category) && !wanted.has('all')) return () => {};
  return (text) => sink(`${new Date().toISOString()} ${category}: ${text()}`);
}
