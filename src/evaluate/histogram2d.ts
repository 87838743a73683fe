/** Counts of points in equal bins of a rectangle: scatter plots of millions of pixels as a few thousand numbers. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly nBins: number;
}

export interface Histogram2d {
  readonly x: Axis;
  readonly y: Axis;
  /** `[y bin, x bin]`, both rising. */
  readonly counts: readonly number[];
  /** Points outside the rectangle, which no bin counts. */
  readonly nOutside: number;
}

/** Points at an upper edge belong to the last bin. */
export function histogram2d(xs: ArrayLike<number>, ys: ArrayLike<number>, x: Axis, y: Axis): Histogram2d {
  const counts = new Array<number>(x.nBins * y.nBins).fill(0);
  let nOutside = 0;
  for (let i = 0; i < xs.length; i++) {
    const [column, row] = [binOf(xs[i]!, x), binOf(ys[i]!, y)];
    if (column < 0 || row < 0) nOutside++;
    else counts[row * x.nBins + column]!++;
  }
  return { x, y, counts, nOutside };
}

function binOf(value: number, { low, high, nBins }: Axis): number {
  if (!(value >= low && value <= high)) return -1;
  return Math.min(nBins - 1, Math.floor(((value - low) / (high - low)) * nBins));
}
