/**
 * Fuzz targets under watch. The cases run in a thread of their own while this one sees which of them is under way: a case
 * that hangs, breaks the reader or takes too much memory is reported by its number, from which the target makes it again.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A file in `test/fuzz/`. */
export interface FuzzTarget {
  /** Makes case `i` from its number alone and tries it. Returns what came of it; throws only what no reader may throw. */
  tryCase(i: number): string | Promise<string>;
}

export interface FuzzWorkerData {
  readonly target: string;
  readonly firstCase: number;
  readonly nCases: number;
  readonly maxMemoryBytes: number;
  /** Holds the number of the case under way. */
  readonly current: Int32Array<SharedArrayBuffer>;
}

export interface FuzzOptions {
  /** To try again what failed; 0 where absent. */
  readonly firstCase?: number;
  /** A case takes milliseconds; this long it takes on no machine, however busy. */
  readonly hangMs?: number;
  /** Most that this process may ever have held, its tools included. */
  readonly maxMemoryBytes?: number;
}

/**
 * Tries `nCases` cases of `test/fuzz/TARGET`; how many came out how.
 * @throws Error that names the target and the case.
 */
export async function fuzz(
  target: string,
  nCases: number,
  { firstCase = 0, hangMs = 60_000, maxMemoryBytes = 1e9 }: FuzzOptions = {},
): Promise<Map<string, number>> {
  const current = new Int32Array(new SharedArrayBuffer(4)).fill(firstCase);
  const workerData: FuzzWorkerData = {
    target: join(import.meta.dirname, '../fuzz', target),
    firstCase,
    nCases,
    maxMemoryBytes,
    current,
  };
  const thread = new Worker(join(import.meta.dirname, 'fuzz-worker.ts'), { workerData });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      thread.on('message', resolve);
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error(`${target}: ended in case ${current[0]}`)));
      let [seen, since] = [-1, performance.now()];
      watch = setInterval(() => {
        const now = Atomics.load(current, 0);
        if (now !== seen) [seen, since] = [now, performance.now()];
        else if (performance.now() - since > hangMs)
          reject(new Error(`${target}: case ${now} has been running for ${hangMs / 1000} s`));
      }, hangMs / 10);
    });
  } finally {
    clearInterval(watch);
    await thread.terminate();
  }
}
