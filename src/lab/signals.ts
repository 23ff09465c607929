const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `stop` once when the process is told to end or `signal` aborts; a function that takes the listeners away.
 *
 * When nobody else listens for the process signal, the process then ends by it, as it would have without us.
 */
export function stopOnSignals(stop: () => Promise<void>, signal: AbortSignal | undefined): () => void {
  const onAbort = (): void => {
    // Whoever called stop() or startLab() gets the error; there is nobody else to tell.
    stop().catch(() => {});
  };
  const onSignal = (name: NodeJS.Signals): void => {
    stop()
      .catch(() => {})
      .finally(() => {
        remove();
        if (process.listenerCount(name) === 0) process.kill(process.pid, name);
      });
  };
  const remove = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    signal?.removeEventListener('abort', onAbort);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  signal?.addEventListener('abort', onAbort, { once: true });
  return remove;
}
