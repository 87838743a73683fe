/** What every benchmark is: a file `bench/NAME.ts` that exports `run`. `main.ts` finds, prints and stores. */

export interface BenchOptions {
  /** Threads for the work measured. */
  readonly threads: number;
  /** Repetitions; every rival runs once in each, so that a busy machine slows all of them. */
  readonly rounds: number;
  /** Measure PyTorch beside us, where `/usr/bin/python3` has it. */
  readonly torch: boolean;
}

/** Named results, units in the names. A list of records is printed as a table. */
export type BenchRecord = Readonly<Record<string, unknown>>;

export interface Benchmark {
  run(options: BenchOptions): Promise<BenchRecord>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** To `digits` digits after the point: results are read by people and compared by `git diff`. */
export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
