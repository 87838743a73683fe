/**
 * Data sets in BIDS 1.11: raw spin-lock images, for which BIDS has no suffix (hence `.bidsignore`), and maps as
 * derivatives, in seconds. Inside rhomap times are ms; they become seconds here.
 */
import { OptionError } from '../core/errors.ts';
import { jsonFile, type OutputFile, textFile } from '../core/summary.ts';
import { secondsFromMs } from '../core/units.ts';
import { VERSION } from '../core/version.ts';
import type { Mask, SpinLockSeries } from '../core/volume.ts';
import type { FitResult } from '../fit/fit-series.ts';
import { writeNifti } from '../io/nifti/write.ts';
import { type RoiStatistics, roiStatistics } from '../roi/statistics.ts';
import { orientationOf } from './fit.ts';

const BIDS_VERSION = '1.11.0';
const GENERATED_BY: readonly Readonly<Record<string, string>>[] = [{ Name: 'rhomap', Version: VERSION }];

/**
 * `sub-001` from `001` or `sub-001`.
 * @throws OptionError `bids/label`: a label becomes a file name, and BIDS allows letters and digits alone.
 */
export function subjectId(label: string): string {
  const bare = label.replace(/^sub-/, '');
  if (!/^[A-Za-z0-9]+$/.test(bare))
    throw new OptionError(
      'bids/label',
      `"${label}" is no BIDS label: use letters and digits only, e.g. 001.`,
    );
  return `sub-${bare}`;
}

export const rawImagePath = (id: string): string => `${id}/anat/${id}_spinlock.nii.gz`;
export const roiPath = (id: string): string => `derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`;

/** Files that describe a raw data set as a whole; those that a user has edited are to be kept. */
export const rawDataSetFiles = (): OutputFile[] => [
  jsonFile('dataset_description.json', {
    Name: 'Spin-lock MRI',
    BIDSVersion: BIDS_VERSION,
    DatasetType: 'raw',
    GeneratedBy: GENERATED_BY,
  }),
  jsonFile('derivatives/rois/dataset_description.json', {
    Name: 'Regions of interest',
    BIDSVersion: BIDS_VERSION,
    DatasetType: 'derivative',
    GeneratedBy: GENERATED_BY,
  }),
  textFile('.bidsignore', '*_spinlock.*\n'),
  textFile(
    'README',
    'Spin-lock MR images (suffix spinlock; BIDS has none for them) with their times in seconds.\n',
  ),
];

/** A subject's images, their sidecar and, where there is one, the mask. The images come last. */
export function rawSubjectFiles(id: string, series: SpinLockSeries, roi?: Mask): OutputFile[] {
  const { grid, tslMs, signal } = series;
  const [orientation, description] = [orientationOf(series), `rhomap ${VERSION}`];
  return [
    ...(roi
      ? [{ path: roiPath(id), bytes: writeNifti({ grid, values: roi.labels, orientation, description }) }]
      : []),
    jsonFile(rawImagePath(id).replace('.nii.gz', '.json'), {
      SpinLockTime: tslMs.map(secondsFromMs),
      ConversionSoftware: 'rhomap',
      ConversionSoftwareVersion: VERSION,
    }),
    {
      path: rawImagePath(id),
      bytes: writeNifti({ grid, values: signal, nVolumes: tslMs.length, orientation, description }),
    },
  ];
}

/** The table of participants with one more; its other columns are kept, `n/a` for the new one. */
export function withParticipant(tsv: string | undefined, id: string): string {
  const lines = (tsv ?? 'participant_id').split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = lines[0]!.split('\t');
  const at = Math.max(0, columns.indexOf('participant_id'));
  if (lines.slice(1).some((line) => line.split('\t')[at] === id)) return `${lines.join('\n')}\n`;
  const row = columns.map((_, column) => (column === at ? id : 'n/a'));
  return `${[...lines, row.join('\t')].join('\n')}\n`;
}

/** What describes the derivatives as a whole. */
export const derivativeDataSetFiles = (): OutputFile[] => [
  jsonFile('dataset_description.json', {
    Name: 'T1rho maps by rhomap (research use)',
    BIDSVersion: BIDS_VERSION,
    DatasetType: 'derivative',
    GeneratedBy: GENERATED_BY,
    DatasetLinks: { raw: '..' },
  }),
];

const TABLE_COLUMNS = [
  'label',
  'slice',
  'n_voxels',
  'n_values',
  'mean',
  'standard_deviation',
  'median',
] as const;

/** A subject's maps with sidecars, times in seconds, and the numbers of its regions. The map of the time comes last. */
export function derivativeFiles(
  id: string,
  fit: FitResult,
  series: SpinLockSeries,
  roi?: Mask,
): OutputFile[] {
  const [orientation, { grid, status }] = [orientationOf(series), fit.time];
  const { method } = fit.options;
  const file = (suffix: string, values: Float32Array | Uint8Array, sidecar: object): OutputFile[] => {
    const path = `${id}/anat/${id}_${suffix}`;
    return [
      jsonFile(`${path}.json`, {
        Sources: [`bids:raw:${rawImagePath(id)}`],
        SkullStripped: false,
        ...sidecar,
      }),
      {
        path: `${path}.nii.gz`,
        bytes: writeNifti({ grid, values, orientation, description: `rhomap ${VERSION}` }),
      },
    ];
  };
  const seconds = (values: Float32Array): Float32Array => values.map(secondsFromMs);
  const estimation = {
    EstimationReference: 'https://arxiv.org/abs/2307.02736',
    EstimationAlgorithm: `rhomap ${VERSION}, ${method}`,
    SpinLockTime: fit.tslMs.map(secondsFromMs),
    EstimationOptions: fit.options,
  };
  return [
    ...(roi ? [textFile(tablePath(id), regionTable(roiStatistics(fit.time, roi)))] : []),
    ...file(`desc-${method.replaceAll('-', '')}_S0map`, fit.s0.values, { ...estimation, Units: 'arbitrary' }),
    ...file('desc-stderr_T1rho', seconds(fit.standardError.values), { ...estimation, Units: 's' }),
    ...file('desc-status_mask', status, {
      Description: 'why each voxel has the value it has',
      Type: 'Status',
    }),
    ...file(`desc-${method.replaceAll('-', '')}_T1rho`, seconds(fit.time.values), {
      ...estimation,
      Units: 's',
    }),
  ];
}

export const tablePath = (id: string): string => `${id}/anat/${id}_desc-roi_stats.tsv`;

/** Numbers of a subject's regions in seconds, tab-separated. */
function regionTable(rows: readonly RoiStatistics[]): string {
  const s = (ms: number): string =>
    Number.isFinite(ms) ? String(Number(secondsFromMs(ms).toPrecision(7))) : 'n/a';
  const lines = rows.map((row) => [
    row.label,
    row.slice === undefined ? 'all' : row.slice + 1,
    ...[row.nVoxels, row.nValues],
    ...[s(row.mean), s(row.standardDeviation), s(row.median)],
  ]);
  return `${[TABLE_COLUMNS, ...lines].map((line) => line.join('\t')).join('\n')}\n`;
}

/** The tables of all subjects in one, with the subject in the first column. */
export function groupTable(tables: readonly { readonly id: string; readonly tsv: string }[]): string {
  const rows = tables.flatMap(({ id, tsv }) =>
    tsv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => `${id}\t${line}`),
  );
  return `${[`participant_id\t${TABLE_COLUMNS.join('\t')}`, ...rows].join('\n')}\n`;
}
