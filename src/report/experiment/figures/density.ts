/** A histogram of two quantities as a picture: one colour, more opaque where more pixels lie, on a logarithmic scale. */
import type { Axis, Histogram2d } from '../../../evaluate/histogram2d.ts';
import { encodePng, pngDataUri } from '../../png.ts';
import { NEUTRAL } from '../palette.ts';

export type Range = readonly [low: number, high: number];

/** Opacity of a bin with one pixel. */
const FAINTEST = 0.1;
/** Picture pixels per bin, so that no viewer smooths bins into each other. */
const ZOOM = 5;

/** The part of the histogram inside both ranges, which must lie on edges of bins. */
export function densityUri(histogram: Histogram2d, x: Range, y: Range, colour: string): string {
  const [columns, rows] = [binsWithin(histogram.x, x), binsWithin(histogram.y, y)];
  const [width, height] = [columns.n * ZOOM, rows.n * ZOOM];
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const logMost = Math.log(largestCount(histogram));
  const rgba = new Uint8Array(4 * width * height);
  for (let py = 0; py < height; py++)
    for (let px = 0; px < width; px++) {
      // Rows of a picture run downwards, bins upwards.
      const row = rows.first + rows.n - 1 - Math.floor(py / ZOOM);
      const count = histogram.counts[row * histogram.x.nBins + columns.first + Math.floor(px / ZOOM)]!;
      if (count === 0) continue;
      const opacity = FAINTEST + (1 - FAINTEST) * (logMost > 0 ? Math.log(count) / logMost : 1);
      rgba.set([...rgb, Math.round(255 * opacity)], 4 * (py * width + px));
    }
  return pngDataUri(encodePng(width, height, rgba));
}

/** Pixels in the fullest bin. */
export const largestCount = ({ counts }: Histogram2d): number => counts.reduce((a, b) => Math.max(a, b), 1);

const binSize = ({ low, high, nBins }: Axis): number => (high - low) / nBins;

function binsWithin(axis: Axis, [low, high]: Range): { first: number; n: number } {
  const size = binSize(axis);
  const first = Math.max(0, Math.round((low - axis.low) / size));
  return { first, n: Math.min(axis.nBins, Math.round((high - axis.low) / size)) - first };
}

/** Share of the pixels that may lie outside the shown range at either end. */
const TAIL = 0.0005;

/** The range that nearly all pixels of the histograms share, on whole multiples of `step`. */
export function shownRange(histograms: readonly Histogram2d[], which: 'x' | 'y', step: number): Range {
  const ranges = histograms.map((h) => {
    const sums = marginal(h, which);
    const total = sums.reduce((a, b) => a + b, 0);
    const edge = (bin: number): number => h[which].low + bin * binSize(h[which]);
    let [first, last, below, above] = [0, sums.length - 1, sums[0]!, sums.at(-1)!];
    while (below <= TAIL * total && first < last) below += sums[++first]!;
    while (above <= TAIL * total && last > first) above += sums[--last]!;
    return [edge(first), edge(last + 1)] as const;
  });
  const { low, high } = histograms[0]![which];
  const least = Math.min(...ranges.map(([a]) => a));
  const most = Math.max(...ranges.map(([, b]) => b));
  return [
    Math.max(low, step * Math.floor(least / step + 1e-9)),
    Math.min(high, step * Math.ceil(most / step - 1e-9)),
  ];
}

function marginal({ x, y, counts }: Histogram2d, which: 'x' | 'y'): number[] {
  const sums = new Array<number>(which === 'x' ? x.nBins : y.nBins).fill(0);
  counts.forEach((n, i) => {
    sums[which === 'x' ? i % x.nBins : Math.floor(i / x.nBins)]! += n;
  });
  return sums;
}

/** A layer that fills the plot with the density; the axes must have exactly these ranges. */
export const densityLayer = (uri: string, width: number, height: number): Record<string, unknown> => ({
  data: { values: [{ uri }] },
  mark: { type: 'image', aspect: false, smooth: false, width, height, align: 'left', baseline: 'top' },
  encoding: { url: { field: 'uri' }, x: { value: 0 }, y: { value: 0 } },
});

/** Colour of the legend: it stands for every method's, on light and dark pages. */
const LEGEND_COLOUR = '#868b92';
const LEGEND = { width: 200, height: 12, rowHeight: 22 };

export interface LegendLine {
  readonly words: string;
  readonly dash: readonly number[];
}

/** A panel that explains the colours and lines of its neighbours. */
export function densityLegend(histogram: Histogram2d, lines: readonly LegendLine[]): unknown {
  const scale: Histogram2d = {
    x: { low: 0, high: 40, nBins: 40 },
    y: { low: 0, high: 1, nBins: 1 },
    counts: Array.from({ length: 40 }, (_, i) => Math.exp(i / 4)),
    nOutside: 0,
  };
  const uri = densityUri(scale, [0, 40], [0, 1], LEGEND_COLOUR);
  const size = (axis: Axis): string => String(Number(binSize(axis).toPrecision(2)));
  const text = (words: string, x: number, y: number, align: string): unknown => ({
    data: { values: [{}] },
    mark: { type: 'text', text: words, align, baseline: 'middle' },
    encoding: { x: { value: x }, y: { value: y } },
  });
  const top = 62;
  return {
    width: LEGEND.width,
    height: top + LEGEND.rowHeight * lines.length,
    view: { stroke: null },
    layer: [
      densityLayer(uri, LEGEND.width, LEGEND.height),
      text('1 pixel', 0, 24, 'left'),
      text('fullest bin', LEGEND.width, 24, 'right'),
      text(`per bin of ${size(histogram.x)} × ${size(histogram.y)} ms, log scale`, 0, 40, 'left'),
      ...lines.flatMap(({ words, dash }, i) => {
        const y = top + LEGEND.rowHeight * i;
        return [
          {
            data: { values: [{}] },
            mark: { type: 'rule', color: NEUTRAL.ink, strokeWidth: 1.4, strokeDash: dash },
            encoding: { x: { value: 0 }, x2: { value: 34 }, y: { value: y } },
          },
          text(words, 42, y, 'left'),
        ];
      }),
    ],
  };
}
