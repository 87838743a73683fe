/**
 * From a fitted series to what a user takes away: maps, quality maps and a record of how they were made.
 * The way to the formula: `fit/fit-series.ts` → `fit/nlls.ts`.
 */
import { VOXEL_STATUS, type VoxelStatus } from '../core/status.ts';
import { type OutputFile, textFile } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import type { Mask, ParametricMap, SpinLockSeries } from '../core/volume.ts';
import type { WarningSink } from '../core/warnings.ts';
import type { FitResult } from '../fit/fit-series.ts';
import { FIT_QUALITY, type FitQuality } from '../fit/quality.ts';
import type { Picture } from '../io/dicom/results/secondary-capture.ts';
import type { SourceStudy } from '../io/dicom/results/study.ts';
import { writeNifti } from '../io/nifti/write.ts';
import { mapPreviewSvg } from '../report/map-preview.ts';
import { roiCsv } from '../roi/roi-csv.ts';
import { type RoiStatistics, roiStatistics, summarise } from '../roi/statistics.ts';
import { PARAMETERS } from '../signal/parameters.ts';
import { dicomResultFiles } from './dicom-results.ts';
import { statisticsNumbers } from './region-numbers.ts';

/** What a fit found, for `summary.json` and the screen. */
export interface FitCounts {
  readonly nVoxels: number;
  /** Voxels by status. */
  readonly status: Readonly<Record<VoxelStatus, number>>;
  /** Voxels that carry a quality flag. */
  readonly quality: Readonly<Record<FitQuality, number>>;
  /** Median time over the voxels with status `ok`; `null` where there is none. */
  readonly medianOkMs: number | null;
}

export function countFit(fit: FitResult): FitCounts {
  const status = countCodes(VOXEL_STATUS, (code) => countWhere(fit.status, (s) => s === code));
  const quality = countCodes(FIT_QUALITY, (bit) => countWhere(fit.quality, (q) => (q & bit) !== 0));
  const ok = fit.time.values.filter((_, i) => fit.status[i] === VOXEL_STATUS.ok);
  const medianOkMs = ok.length > 0 ? summarise(ok).median : null;
  return { nVoxels: fit.status.length, status, quality, medianOkMs };
}

const countWhere = (codes: Uint8Array, matches: (code: number) => boolean): number =>
  codes.reduce((n, code) => (matches(code) ? n + 1 : n), 0);

const countCodes = <K extends string>(
  codes: Readonly<Record<K, number>>,
  count: (code: number) => number,
): Record<K, number> =>
  Object.fromEntries(Object.entries<number>(codes).map(([name, code]) => [name, count(code)])) as Record<
    K,
    number
  >;

/** File name of a map: its name, and its unit where it has one (`T1rho_ms.nii.gz`). */
export const mapFileName = (map: ParametricMap): string =>
  `${map.name}${map.unit === '1' ? '' : `_${map.unit}`}.nii.gz`;

/** The maps of a fit as NIfTI files, on the grid of the images; each is made when it is asked for. */
export function* fitMapFiles(
  fit: FitResult,
  orientation: SpinLockOrientation = 'scanner',
): Generator<OutputFile> {
  const { grid } = fit.time;
  const file = (path: string, values: Float32Array | Uint8Array, content: string): OutputFile => ({
    path,
    bytes: writeNifti({ grid, values, orientation, description: `rhomap ${VERSION} ${content}` }),
  });
  const offset = fit.offset ? [fit.offset] : [];
  for (const map of [fit.time, fit.s0, fit.r2, fit.residual, fit.standardError, ...offset])
    yield file(mapFileName(map), map.values, `${map.name} ${fit.options.method}`);
  yield file('status.nii.gz', fit.status, 'status codes');
  yield file('quality.nii.gz', fit.quality, 'quality bits');
}

/** A picture of the relaxation time per slice, as SVG by file name without its ending. */
export function fitPreviews(
  fit: FitResult,
  orientation: SpinLockOrientation,
  roi?: Mask,
): { readonly name: string; readonly svg: string }[] {
  const { parameter, cutoffMs, method } = fit.options;
  const { label, plausibleMs } = PARAMETERS[parameter];
  const digits = String(fit.time.grid.nSlices).length;
  return Array.from({ length: fit.time.grid.nSlices }, (_, k) => ({
    name: `preview/${fit.time.name}_slice-${String(k + 1).padStart(digits, '0')}`,
    svg: mapPreviewSvg({
      map: fit.time,
      slices: [k],
      range: cutoffMs ?? plausibleMs,
      title: `${label} map`,
      subtitle: `least squares (${method}) of ${fit.tslMs.length} images`,
      footer: `rhomap ${VERSION} · research use only`,
      orientation: orientation === 'none' ? 'none' : 'known',
      ...(roi && { roi }),
    }),
  }));
}

/** Map of the time, its standard error, regions, numbers and pictures, as files of the images' own study. */
export function fitDicomFiles(
  fit: FitResult,
  source: SourceStudy,
  pictures: readonly Picture[],
  regions?: { readonly mask: Mask; readonly rows: readonly RoiStatistics[] },
): Promise<OutputFile[]> {
  const { parameter, method, cutoffMs } = fit.options;
  const { mapName, plausibleMs } = PARAMETERS[parameter];
  const title = `${mapName} by least squares`;
  return dicomResultFiles({
    ...{ source, pictures, title: mapName },
    algorithm: {
      name: 'rhomap fit',
      parameters: JSON.stringify({ tslMs: fit.tslMs, ...fit.options }),
    },
    maps: [
      {
        ...{ map: fit.time, description: `${title} (${method}), ms`, windowRange: cutoffMs ?? plausibleMs },
      },
      {
        map: { ...fit.standardError, name: `${mapName}_stderr` },
        description: `Standard error of ${title}, ms`,
        windowRange: [0, STANDARD_ERROR_WINDOW_MS],
      },
    ],
    regions: regions
      ? [{ kind: 'drawn', mask: regions.mask, numbers: statisticsNumbers(regions.rows, fit.time) }]
      : [],
  });
}

/** Standard errors above this are of no use, and need no shades of grey. */
const STANDARD_ERROR_WINDOW_MS = 10;

/** Whether the images know where the patient's right is. */
export type SpinLockOrientation = 'scanner' | 'none';

export const orientationOf = (
  series: SpinLockSeries & { readonly orientation?: string },
): SpinLockOrientation => (series.orientation === 'none' ? 'none' : 'scanner');

/** The maps of a fit whose numbers `roi.csv` holds, in its order. */
export const fitRoiMaps = (fit: FitResult): ParametricMap[] => [fit.time, fit.s0, fit.r2];

/** Numbers of the relaxation time per region, and `roi.csv` with those of S0 and R² too. */
export function fitRoi(
  fit: FitResult,
  mask: Mask,
  warnings: WarningSink,
): { readonly rows: readonly RoiStatistics[]; readonly file: OutputFile } {
  const tables = fitRoiMaps(fit).map((map, i) => ({
    map: map.name,
    unit: map.unit,
    // Every map lacks the same voxels: one word about an empty region is enough.
    rows: roiStatistics(map, mask, i === 0 ? warnings : undefined),
  }));
  return { rows: tables[0]!.rows, file: textFile('roi.csv', roiCsv(tables)) };
}
