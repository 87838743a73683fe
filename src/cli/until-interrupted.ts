import { EXIT } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Runs work that stops at Ctrl-C when it is at a good place; a second one ends the program at once. */
export async function untilInterrupted<T>(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    terminal.info('\nstopping when the running ones are done; Ctrl-C again stops at once');
    stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
