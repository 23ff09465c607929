/** A keyboard, a supervisor and a terminal that closes: whoever sends one of these wants the program to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Wrappers such as npm hand on a signal that we got from the terminal, too: what comes so soon is still the first. */
const SAME_MS = 1000;

/**
 * Takes over the signals that end a process and returns an `AbortSignal` that the first of them aborts, so that
 * everything is put away in order; nothing else in the program listens for them. A signal more than a second later
 * means that this takes too long: it ends the process at once, and what must not stay behind is up to `exit` listeners.
 */
export function abortOnSignals(): AbortSignal {
  const interrupted = new AbortController();
  let sinceMs = 0;
  const stop = (): void => {
    if (!interrupted.signal.aborted) {
      sinceMs = performance.now();
      interrupted.abort();
    } else if (performance.now() - sinceMs > SAME_MS) process.exit(0);
  };
  for (const name of SIGNALS) process.on(name, stop);
  return interrupted.signal;
}
