import { OptionError, RhomapError } from '../core/errors.ts';

/** 0 done, 1 the data is at fault, 2 the call is at fault, 70 our fault (BSD's EX_SOFTWARE), 130 stopped by Ctrl-C (as shells have it). */
export const EXIT = { done: 0, data: 1, usage: 2, bug: 70, interrupted: 130 } as const;

/** The code of the error that Ctrl-C ends in, where work can go on later. */
export const INTERRUPTED = 'jobs/interrupted';

export function exitCodeOf(error: unknown): number {
  if (error instanceof OptionError) return EXIT.usage;
  if (error instanceof RhomapError && error.code === INTERRUPTED) return EXIT.interrupted;
  if (error instanceof RhomapError) return EXIT.data;
  return EXIT.bug;
}
