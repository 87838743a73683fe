/** Round numbers for an axis: steps of 1, 2 or 5 times a power of ten. */
export interface Ticks {
  readonly values: readonly number[];
  readonly labels: readonly string[];
}

/** Ticks within [low, high], about `nWanted` of them; labels share one number of decimals. */
export function niceTicks(low: number, high: number, nWanted: number): Ticks {
  const rough = (high - low) / nWanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough * 0.999)!;
  // Whole multiples, so that 0.1 + 0.2 cannot creep in; a hair of tolerance keeps the ends.
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const values = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const isLarge = Math.max(Math.abs(low), Math.abs(high)) >= 1e5;
  return {
    values,
    labels: values.map((v) =>
      isLarge || decimals > 4 ? Number(v.toPrecision(6)).toExponential() : v.toFixed(decimals),
    ),
  };
}
