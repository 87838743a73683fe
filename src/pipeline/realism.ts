/**
 * The realism table: what published or measured real images show, what the virtual ones show, and whether the latter
 * lie within the former's spread. Real figures: liver at 3 T, black-blood turbo spin echo, spin-lock 400 Hz; the
 * column `source` says which study or measurement.
 */
import { average, sampleSd, spreadOf } from './measure-cohort.ts';
import type { SliceMeasures } from './patient-measures.ts';

export interface RealismRow {
  readonly property: string;
  readonly unit: string;
  /** Interval of the real figures. */
  readonly real: readonly [number, number];
  readonly source: string;
  readonly simulated: number;
  /** SD between slices, where the figure is a mean over slices. */
  readonly sd: number | undefined;
  /** Simulated over the middle of the real interval. */
  readonly ratio: number;
  readonly inside: boolean;
}

type Figure = number | { readonly mean: number; readonly sd: number };

interface Property {
  readonly name: string;
  readonly unit: string;
  readonly real: readonly [number, number];
  readonly source: string;
  readonly of: (slices: readonly SliceMeasures[]) => Figure;
}

const SLICES = 'real slices';
const PAPER = 'paper, Table 2';

const mean =
  (value: (slice: SliceMeasures) => number | undefined) =>
  (slices: readonly SliceMeasures[]): Figure =>
    spreadOf(slices, value);

const sdOf =
  (value: (slice: SliceMeasures) => number | undefined) =>
  (slices: readonly SliceMeasures[]): Figure =>
    spreadOf(slices, value).sd;

const PROPERTIES: readonly Property[] = [
  ...(
    [
      ['spleen', 1.5, 'spleen'],
      ['bile', 2.3, 'gallbladder'],
      ['muscle', 0.5, 'muscle'],
      ['fat', 0.45, 'subcutaneous fat'],
    ] as const
  ).map(
    ([tissue, value, name]): Property => ({
      name: `signal at TSL 0 relative to liver: ${name}`,
      unit: '1',
      real: [0.75 * value, 1.25 * value],
      source: `${SLICES}, ±25 %`,
      of: mean((s) => s.contents?.relativeSignal[tissue]),
    }),
  ),
  {
    name: 'signal at TSL 0 relative to liver: vessel lumen',
    unit: '1',
    real: [0.3, 0.6],
    source: SLICES,
    of: mean((s) => s.contents?.relativeSignal['vena-cava'] ?? s.contents?.relativeSignal.artery),
  },
  {
    name: 'signal at TSL 0 relative to liver: air',
    unit: '1',
    real: [0, 0.01],
    source: `${SLICES}, vendor masking`,
    of: mean((s) => s.contents?.relativeSignal.air),
  },
  {
    name: 'SNR at TSL 0, by residuals',
    unit: '1',
    real: [22, 45],
    source: SLICES,
    of: mean((s) => s.snrFirst),
  },
  {
    name: 'SNR at TSL 50, by residuals',
    unit: '1',
    real: [8, 15],
    source: SLICES,
    of: mean((s) => s.snrLast),
  },
  {
    name: 'residual autocorrelation, lag 1',
    unit: '1',
    real: [0.2, 0.4],
    source: SLICES,
    of: mean((s) => s.residualLag1),
  },
  {
    name: 'R², median',
    unit: '1',
    real: [0.986, 0.998],
    source: `${SLICES}: 0.993`,
    of: mean((s) => s.r2Median),
  },
  {
    name: 'R², 5th percentile',
    unit: '1',
    real: [0.92, 0.975],
    source: `${SLICES}: 0.949`,
    of: mean((s) => s.r2Low),
  },
  {
    name: 'excess kurtosis of coarse − target',
    unit: '1',
    real: [2, 6],
    source: `${SLICES}: 4`,
    of: pooledKurtosis,
  },
  {
    name: 'coarse − target over a slice',
    unit: 'ms',
    real: [0.3, 1.7],
    source: SLICES,
    of: mean((s) => s.biasMs),
  },
  {
    name: 'RMRE without that mean difference, relative to coarse',
    unit: '1',
    real: [0.7, 0.98],
    source: SLICES,
    of: mean((s) => s.shiftedPercent / s.coarsePercent),
  },
  {
    name: 'RMRE of images smoothed by σ 0.5–0.7 pixel, relative to coarse',
    unit: '1',
    real: [0.88, 0.97],
    source: SLICES,
    of: mean((s) => Math.min(s.smoothed05, s.smoothed07)),
  },
  {
    name: 'the same at σ 1 pixel',
    unit: '1',
    real: [1, 1.2],
    source: `${SLICES}: above coarse`,
    of: mean((s) => s.smoothed10),
  },
  {
    name: 'mean of the target in the ROI',
    unit: 'ms',
    real: [39.9, 44.9],
    source: 'CUHK 2016 … Xie 2017',
    of: mean((s) => s.meanMs),
  },
  {
    name: 'pixel SD of the target in the ROI',
    unit: 'ms',
    real: [4, 6],
    source: SLICES,
    of: mean((s) => s.pixelSdMs),
  },
  {
    name: 'correlation of the target at lag 3',
    unit: '1',
    real: [0.4, 0.7],
    source: SLICES,
    of: mean((s) => s.lag3),
  },
  {
    name: '5th percentile of the target, relative to its median',
    unit: '1',
    real: [0.82, 0.9],
    source: `${SLICES}: 36/42`,
    of: mean((s) => s.percentilesMs[1]! / s.percentilesMs[3]!),
  },
  {
    name: '95th percentile of the target, relative to its median',
    unit: '1',
    real: [1.12, 1.28],
    source: `${SLICES}: 52/42`,
    of: mean((s) => s.percentilesMs[5]! / s.percentilesMs[3]!),
  },
  {
    name: 'coarse RMRE, 95th over 5th percentile of slices',
    unit: '1',
    real: [2.5, 5],
    source: `${SLICES}: slices differ by a factor of three`,
    of: (slices) => {
      const sorted = slices.map((s) => s.coarsePercent).sort((a, b) => a - b);
      return sorted[Math.floor(0.95 * sorted.length)]! / sorted[Math.floor(0.05 * sorted.length)]!;
    },
  },
  {
    name: 'ΔB0 over the body, SD',
    unit: 'Hz',
    real: [74, 111],
    source: SLICES,
    of: mean((s) => s.contents?.b0BodySdHz),
  },
  {
    name: 'ΔB0 over the liver in the shim box, SD',
    unit: 'Hz',
    real: [5, 40],
    source: 'assumption: 20–40 with a linear shim, less with a second-order one',
    of: mean((s) => s.contents?.b0BoxSdHz),
  },
  {
    name: 'ΔB0 gradient, median',
    unit: 'Hz/mm',
    real: [1, 3],
    source: `${SLICES}: 2`,
    of: mean((s) => s.contents?.b0GradientHzPerMm[0]),
  },
  {
    name: 'ΔB0 gradient, 95th percentile',
    unit: 'Hz/mm',
    real: [6, 14],
    source: `${SLICES}: 10`,
    of: mean((s) => s.contents?.b0GradientHzPerMm[1]),
  },
  {
    name: 'b1 over the body, mean',
    unit: '1',
    real: [0.91, 1.12],
    source: SLICES,
    of: mean((s) => s.contents?.b1Mean),
  },
  {
    name: 'b1 over the body, SD',
    unit: '1',
    real: [0.1, 0.12],
    source: SLICES,
    of: mean((s) => s.contents?.b1Sd),
  },
  {
    name: 'b1, 1st percentile of all bodies',
    unit: '1',
    real: [0.55, 0.8],
    source: `${SLICES}: 0.63`,
    of: mean((s) => s.contents?.b1Percentiles[0]),
  },
  {
    name: 'b1, 99th percentile of all bodies',
    unit: '1',
    real: [1.2, 1.4],
    source: `${SLICES}: 1.35`,
    of: mean((s) => s.contents?.b1Percentiles[1]),
  },
  {
    name: 'coarse RMRE, mean',
    unit: '%',
    real: [4.63, 5.13],
    source: `${PAPER}: 4.88, ±5 %`,
    of: mean((s) => s.coarsePercent),
  },
  {
    name: 'coarse RMRE, SD between slices',
    unit: '%',
    real: [1.8, 2.45],
    source: `${PAPER}: 2.12, ±15 %`,
    of: sdOf((s) => s.coarsePercent),
  },
  {
    name: 'BM3D RMRE, mean',
    unit: '%',
    real: [4.58, 5.06],
    source: `${PAPER}: 4.82, ±5 %`,
    of: mean((s) => s.bm3dPercent),
  },
  {
    name: 'BM3D RMRE, SD between slices',
    unit: '%',
    real: [2.08, 2.82],
    source: `${PAPER}: 2.45, ±15 %`,
    of: sdOf((s) => s.bm3dPercent),
  },
  {
    name: '2 against N TSLs, slice means: bias',
    unit: 'ms',
    real: [0.3, 1.7],
    source: 'Zhao 2012: 0.89; real slices 0.3–1.7',
    of: mean((s) => s.biasMs),
  },
  {
    name: '2 against N TSLs, slice means: half-width of the limits of agreement',
    unit: 'ms',
    real: [1.3, 3.3],
    source: 'Zhao 2012: 2.56',
    of: (slices) => 1.96 * spreadOf(slices, (s) => s.biasMs).sd,
  },
  {
    name: 'scan–rescan of a patient, N TSLs: half-width of the limits of agreement',
    unit: 'ms',
    real: [0.6, 1.8],
    source: 'CUHK 2016, same session: 1.2',
    of: (slices) => rescanLimits(slices, (s) => s.rescan && s.rescan.targetMs - s.meanMs),
  },
  {
    name: 'scan–rescan ICC, N TSLs',
    unit: '1',
    real: [0.93, 1],
    source: 'black blood 2016, same session: 0.977',
    of: (slices) => icc(slices, (s) => [s.meanMs, s.rescan?.targetMs]),
  },
  {
    name: 'scan–rescan variance, 2 over N TSLs',
    unit: '1',
    real: [1, 2.5],
    source: 'Zhao 2012: (1 − 0.528)/(1 − 0.755) = 1.9',
    of: (slices) =>
      (1 - icc(slices, (s) => [s.meanMs + s.biasMs, s.rescan?.coarseMs])) /
      (1 - icc(slices, (s) => [s.meanMs, s.rescan?.targetMs])),
  },
];

/** The table, a row per property that was measured. */
export const realismTable = (slices: readonly SliceMeasures[]): RealismRow[] =>
  PROPERTIES.flatMap(({ name, unit, real, source, of }) => {
    const figure = of(slices);
    const simulated = typeof figure === 'number' ? figure : figure.mean;
    if (!Number.isFinite(simulated)) return [];
    const sd = typeof figure === 'number' ? undefined : figure.sd;
    const ratio = simulated / ((real[0] + real[1]) / 2);
    return [
      {
        property: name,
        unit,
        real,
        source,
        simulated,
        sd,
        ratio,
        inside: simulated >= real[0] && simulated <= real[1],
      },
    ];
  });

/** The table as Markdown. */
export function realismMarkdown(rows: readonly RealismRow[]): string {
  const number = (v: number): string => (Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(3));
  const lines = rows.map(
    (r) =>
      `| ${r.property} | ${r.unit} | ${number(r.real[0])}–${number(r.real[1])} | ${number(r.simulated)}${r.sd === undefined ? '' : ` ± ${number(r.sd)}`} | ${r.ratio.toFixed(2)} | ${r.inside ? 'in' : '**off**'} | ${r.source} |`,
  );
  return [
    '| property | unit | real | simulated | ratio | | source of the real figure |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** Excess kurtosis of coarse − target over the pixels of all slices. */
function pooledKurtosis(slices: readonly SliceMeasures[]): number {
  const [n, s1, s2, s3, s4] = [0, 1, 2, 3, 4].map((p) =>
    slices.reduce((sum, { differenceSums }) => sum + differenceSums[p]!, 0),
  ) as [number, number, number, number, number];
  const m = s1 / n;
  const variance = s2 / n - m * m;
  const fourth = s4 / n - 4 * m * (s3 / n) + 6 * m * m * (s2 / n) - 3 * m ** 4;
  return fourth / variance ** 2 - 3;
}

/** Limits of agreement of a patient's mean over its slices, as studies report them. */
function rescanLimits(
  slices: readonly SliceMeasures[],
  difference: (slice: SliceMeasures) => number | undefined,
): number {
  const byPatient = Map.groupBy(slices, ({ participant }) => participant);
  const values = [...byPatient.values()].map((list) => average(list.flatMap((s) => difference(s) ?? [])));
  return 1.96 * sampleSd(values.filter(Number.isFinite));
}

/** One-way intraclass correlation of pairs of measurements. */
function icc(
  slices: readonly SliceMeasures[],
  pair: (slice: SliceMeasures) => readonly [number, number | undefined],
): number {
  const pairs = slices.flatMap((s) => {
    const [a, b] = pair(s);
    return b === undefined ? [] : [[a, b] as const];
  });
  const grand = average(pairs.flat());
  const between = (2 * pairs.reduce((s, [a, b]) => s + ((a + b) / 2 - grand) ** 2, 0)) / (pairs.length - 1);
  const within = pairs.reduce((s, [a, b]) => s + (a - b) ** 2 / 2, 0) / pairs.length;
  return (between - within) / (between + within);
}
