const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Two ways to end: `stop` takes its time, `stopNow` may not wait for anything. */
export interface Stoppable {
  stop(): Promise<void>;
  stopNow(): void;
}

/**
 * Stops `lab` when the process exits, and when `signal` aborts or, without one, when the process is told to end.
 * Returns a function that ends this watch.
 *
 * When nobody else listens for the process signal, the process then ends by it, as it would have without us.
 */
export function stopOnSignals(lab: Stoppable, signal: AbortSignal | undefined): () => void {
  const onAbort = (): void => {
    // Whoever started the lab calls stop() as well and gets the error; here is nobody to tell.
    lab.stop().catch(() => {});
  };
  const onSignal = (name: NodeJS.Signals): void => {
    const end = (): void => {
      unwatch();
      if (process.listenerCount(name) === 0) process.kill(process.pid, name);
    };
    lab.stop().then(end, end);
  };
  const onExit = (): void => lab.stopNow();
  const unwatch = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    process.removeListener('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  };
  if (signal === undefined) for (const name of SIGNALS) process.on(name, onSignal);
  else signal.addEventListener('abort', onAbort, { once: true });
  process.on('exit', onExit);
  return unwatch;
}
