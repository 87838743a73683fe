/** Figure of the image statistics: power spectrum, borders of the liver, and histogram of the target in the ROI. */
import { NEUTRAL } from '../../report/experiment/palette.ts';
import { vegaSvg } from '../../report/experiment/vega-figure.ts';
import { type EdgeProfile, PROFILE_MM } from '../image-statistics/edge-profile.ts';
import { HISTOGRAM_MS, type ImageStatistics } from '../image-statistics/measure.ts';
import type { SliceMeasures } from '../patient-measures.ts';

const [WIDTH, HEIGHT] = [300, 220];
const [SIMULATED, REFERENCE] = ['#0072b2', '#d55e00'];

/** Percentiles of one real slice's ROI, ms. */
const REAL_PERCENTILES = [
  [1, 33],
  [5, 36],
  [25, 40],
  [50, 42],
  [75, 45],
  [95, 52],
  [99, 60],
] as const;

interface Point {
  readonly x: number;
  readonly y: number;
  /** Which line the point belongs to. */
  readonly line: string;
}

/** SVG; every slice is a thin line, their mean a thick one. */
export async function imageFigure(slices: readonly SliceMeasures[]): Promise<string> {
  const images = slices.flatMap(({ image }) => image ?? []);
  return await vegaSvg(
    {
      concat: [
        spectrumPanel(images),
        histogramPanel(images),
        edgePanel(
          'Border liver–lung',
          images.flatMap(({ lungEdge }) => lungEdge ?? []),
        ),
        edgePanel(
          'Border liver–fat',
          images.flatMap(({ fatEdge }) => fatEdge ?? []),
        ),
      ],
      columns: 2,
      spacing: 40,
    } as never,
    'Image statistics of virtual slices',
  );
}

function spectrumPanel(images: readonly ImageStatistics[]): unknown {
  const lines = images.map(({ spectrum }) => spectrum.slice(1).map(Math.log10));
  const n = 2 * (images[0]?.spectrum.length ?? 1) - 2;
  const x = (lines[0] ?? []).map((_, r) => Math.log10((r + 1) / n));
  const mean = meanLine(lines);
  const edges = x.map((v) => mean[3]! - 3 * (v - x[3]!));
  return panel(
    'Power spectrum at TSL 0; dashed: f⁻³, edges',
    'log₁₀ cycles per pixel',
    'log₁₀ power',
    x,
    lines,
    edges,
  );
}

const edgePanel = (title: string, edges: readonly EdgeProfile[]): unknown =>
  panel(
    `${title}: ${edges.length} slices`,
    'distance from the border (mm)',
    'signal, 1 inside',
    PROFILE_MM,
    edges.map(({ signal }) => signal),
  );

function histogramPanel(images: readonly ImageStatistics[]): unknown {
  const real = HISTOGRAM_MS.map((ms) => realShare(ms, ms + 1));
  const x = HISTOGRAM_MS.map((ms) => ms + 0.5);
  return panel(
    'Target in the ROI; dashed: one real slice',
    'difference from the median (ms)',
    'share of pixels per ms',
    x,
    images.map(({ histogram }) => histogram),
    real,
  );
}

/** Share of the real slice's pixels between two differences from its median, linear between its percentiles. */
function realShare(from: number, to: number): number {
  const median = 42;
  let share = 0;
  for (const [k, [p, ms]] of REAL_PERCENTILES.slice(0, -1).entries()) {
    const [nextP, nextMs] = REAL_PERCENTILES[k + 1]!;
    const overlap = Math.min(to, nextMs - median) - Math.max(from, ms - median);
    if (overlap > 0) share += ((nextP - p) / 100) * (overlap / (nextMs - ms));
  }
  return share;
}

const meanLine = (lines: readonly (readonly number[])[]): number[] =>
  (lines[0] ?? []).map((_, i) => lines.reduce((sum, line) => sum + line[i]!, 0) / lines.length);

function panel(
  title: string,
  xTitle: string,
  yTitle: string,
  x: readonly number[],
  lines: readonly (readonly number[])[],
  reference: readonly number[] = [],
): unknown {
  const points = (name: string, y: readonly number[]): Point[] =>
    y.map((v, i) => ({ x: x[i]!, y: v, line: name }));
  const layer = (values: readonly Point[], mark: Record<string, unknown>): unknown => ({
    data: { values },
    mark: { type: 'line', ...mark },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: xTitle, scale: { nice: false, zero: false } },
      y: { field: 'y', type: 'quantitative', title: yTitle, scale: { zero: false } },
      detail: { field: 'line', type: 'nominal' },
    },
  });
  return {
    title,
    width: WIDTH,
    height: HEIGHT,
    layer: [
      layer(
        lines.flatMap((y, i) => points(String(i), y)),
        { color: NEUTRAL.faint, strokeWidth: 0.5, opacity: 0.5 },
      ),
      layer(points('mean', meanLine(lines)), { color: SIMULATED, strokeWidth: 2.5 }),
      layer(points('reference', reference), { color: REFERENCE, strokeWidth: 1.8, strokeDash: [6, 4] }),
    ],
  };
}
