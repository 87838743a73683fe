/** A calibration report in Markdown, for model cards and results pages. */
import type { MeanAndSd } from '../core/statistics.ts';
import type { CalibrationReport, ReferenceReport } from '../evaluate/calibration-report.ts';
import type { Estimate } from '../evaluate/patient-bootstrap.ts';
import type { PixelQuality } from '../evaluate/pixel-quality.ts';

/** @param flags how often the input checks spoke up, by class of input. */
export function calibrationMarkdown(report: CalibrationReport, flags: readonly FlagRow[] = []): string {
  const { nPatients, nSlices, nPixels, target, truth, fit } = report;
  return [
    `${nPatients} test patients, ${nSlices} slices, ${nPixels} pixels in regions. Brackets: 95 % interval over draws of patients.`,
    mapTable(report),
    ...referenceTables('the map of all images', target, report),
    ...(truth ? referenceTables('the truth', truth, report) : []),
    ...(fit
      ? [
          '### Least squares of all images against the truth, with its own standard error',
          table(['mean error, ms', 'sharpness, ms', ...coverageHead(report)], [fitRow(fit)]),
        ]
      : []),
    ...(flags.length > 0 ? [flagTable(flags)] : []),
    '',
  ].join('\n\n');
}

/** A class of input, and how many of its patients were called unusual or refused. */
export interface FlagRow {
  readonly name: string;
  readonly mustFlag: boolean | null;
  readonly nPatients: number;
  readonly flagged: number;
  readonly refused: number;
}

function flagTable(flags: readonly FlagRow[]): string {
  const share = (n: number, { nPatients }: FlagRow): string => `${((100 * n) / nPatients).toFixed(0)} %`;
  const aim = { true: 'at least 95 %', false: 'no aim', null: 'under 5 %' } as const;
  const rows = flags.map((row) => [
    row.name,
    String(row.nPatients),
    share(row.flagged, row),
    share(row.refused, row),
    aim[String(row.mustFlag) as keyof typeof aim],
  ]);
  return `### What the input checks notice\n\n${table(['input', 'patients', 'flagged', 'of these refused', 'aim for flagged'], rows)}`;
}

function mapTable({ maps }: CalibrationReport): string {
  const words = ({ mean, standardDeviation }: MeanAndSd): string =>
    `${mean.toFixed(2)} ± ${standardDeviation.toFixed(2)}`;
  const rows = maps.map(({ dataSet, nPatients, target, truth }) => [
    dataSet,
    String(nPatients),
    words(target.coarse),
    words(target.refined),
    words(target.refinedLessOffset),
    ...(truth ? [truth.coarse, truth.refined, truth.fit].map(words) : ['', '', '']),
  ]);
  return `### Errors of the maps\n\nMean relative error in regions (RMRE), mean ± SD over slices, %.\n\n${table(
    [
      'data set',
      'patients',
      'coarse to the map of all images',
      'refined to the map of all images',
      'the same, less the mean error of the slice',
      'coarse to the truth',
      'refined to the truth',
      'map of all images to the truth',
    ],
    rows,
  )}`;
}

function referenceTables(name: string, reference: ReferenceReport, report: CalibrationReport): string[] {
  const { slices, regions, stages } = reference;
  return [
    `### Against ${name}`,
    'Pixels:',
    table(
      [
        'uncertainty',
        'NLL',
        'UCE of σ, ms',
        'UCE of u, ms',
        'ENCE',
        'sharpness, ms',
        'Spearman',
        'AUSE, ms',
        'AURG, ms',
        ...coverageHead(report),
      ],
      [
        pixelRow('as stated', reference.raw),
        pixelRow('recalibrated', reference.laplace),
        pixelRow('recalibrated, conformal', reference.recalibrated),
      ],
    ),
    'Slices (mean |error| against mean uncertainty):',
    table(
      [
        'uncertainty',
        'mean error, ms',
        'mean u, ms',
        'UCE of u, ms',
        'UCE of σ, ms',
        'the same if perfect, ms',
      ],
      (['raw', 'recalibrated'] as const).map((kind) => {
        const { meanErrorMs, meanUncertaintyMs, uceStdMs, uceScaleMs, perfectMs } = slices[kind];
        return [
          kind === 'raw' ? 'as stated' : kind,
          meanErrorMs.toFixed(2),
          meanUncertaintyMs.toFixed(2),
          estimate(uceStdMs, 3),
          estimate(uceScaleMs, 3),
          perfectMs.toFixed(3),
        ];
      }),
    ),
    'Means of regions (`patient`: all slices; `refined`: without uncertain pixels; `disc`: 9 mm around a pixel):',
    table(
      ['region', 'n', 'mean error, ms', 'stated SD, ms', ...coverageHead(report)],
      regions.map((r) => [
        r.kind,
        String(r.nRegions),
        estimate(r.meanErrorMs, 2),
        estimate(r.meanDeviationMs, 2),
        ...r.coverage.map(percent),
      ]),
    ),
    'By stage (pixels, conformal; means of all regions):',
    table(
      [
        'stage',
        'patients',
        'mean error, ms',
        ...coverageHead(report, 'pixels'),
        ...coverageHead(report, 'means'),
      ],
      stages.map(({ stage, nPatients, pixels, regions: means }) => [
        stage,
        String(nPatients),
        estimate(pixels.meanErrorMs, 2),
        ...pixels.coverage.map(percent),
        ...means.coverage.map(percent),
      ]),
    ),
  ];
}

const coverageHead = ({ levels }: CalibrationReport, what = 'coverage'): string[] =>
  levels.map((level) => `${what} at ${Math.round(100 * level)} %`);

const pixelRow = (name: string, q: PixelQuality): string[] => [
  name,
  estimate(q.nll, 3),
  estimate(q.uceScaleMs, 3),
  estimate(q.uceStdMs, 3),
  estimate(q.ence, 3),
  estimate(q.sharpnessMs, 2),
  estimate(q.spearman, 2),
  estimate(q.auseMs, 2),
  estimate(q.aurgMs, 2),
  ...q.coverage.map(percent),
];

const fitRow = (q: PixelQuality): string[] => [
  estimate(q.meanErrorMs, 2),
  estimate(q.sharpnessMs, 2),
  ...q.coverage.map(percent),
];

function estimate({ value, interval }: Estimate, digits: number): string {
  const range = interval ? ` (${interval[0].toFixed(digits)}–${interval[1].toFixed(digits)})` : '';
  return value.toFixed(digits) + range;
}

const percent = ({ value, interval }: Estimate): string =>
  estimate({ value: 100 * value, ...(interval && { interval: [100 * interval[0], 100 * interval[1]] }) }, 1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
