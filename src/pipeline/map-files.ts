/** What a user takes away from a mapped series: maps, pictures and numbers per region. */
import { quantileInPlace } from '../core/statistics.ts';
import { VOXEL_STATUS, VOXEL_STATUS_NAMES, type VoxelStatus } from '../core/status.ts';
import { type OutputFile, textFile } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import type { Picture } from '../io/dicom/results/secondary-capture.ts';
import type { SourceStudy } from '../io/dicom/results/study.ts';
import { writeNifti } from '../io/nifti/write.ts';
import type { ColourMapName } from '../report/colour-maps.ts';
import { mapPreviewSvg } from '../report/map-preview.ts';
import { regionCsv } from '../roi/region-csv.ts';
import type { RegionsResult } from '../roi/region-report.ts';
import { roiCsv } from '../roi/roi-csv.ts';
import { roiStatistics } from '../roi/statistics.ts';
import { dicomResultFiles } from './dicom-results.ts';
import { mapFileName, type SpinLockOrientation } from './fit.ts';
import type { MapResult, MapsSoFar } from './map.ts';
import type { MappingModel } from './mapping-model.ts';
import { reportNumbers } from './region-numbers.ts';

/** The maps of a result in the order in which files and tables have them. */
export function mapsOf({
  t1rho,
  uncertainty,
  coarse,
  reference,
}: MapsSoFar & Pick<MapResult, 'reference'>): ParametricMap[] {
  return [
    t1rho,
    ...(uncertainty ? [uncertainty] : []),
    coarse,
    ...(reference ? [{ ...reference.time, name: 'reference' }] : []),
  ];
}

/** The maps and their status as NIfTI files, on the grid of the images. */
export function mapResultFiles(result: MapResult, orientation: SpinLockOrientation): OutputFile[] {
  const file = (path: string, values: Float32Array | Uint8Array, content: string): OutputFile => ({
    path,
    bytes: writeNifti({
      ...{ grid: result.t1rho.grid, values, orientation },
      description: `rhomap ${VERSION} ${content}`,
    }),
  });
  return [
    ...mapsOf(result).map((map) => file(mapFileName(map), map.values, map.name)),
    file('status.nii.gz', result.t1rho.status, 'status codes'),
  ];
}

/** What a result holds, for `summary.json` and the screen. */
export interface MapCounts {
  readonly nVoxels: number;
  /** Voxels of the refined map by status. */
  readonly status: Readonly<Record<VoxelStatus, number>>;
  /** Median refined T1rho over voxels with status `ok`; `null` where there is none. */
  readonly medianOkMs: number | null;
}

export function countMap({ t1rho: { values, status } }: MapResult): MapCounts {
  const counts = VOXEL_STATUS_NAMES.map(() => 0);
  for (const code of status) counts[code]!++;
  const nOk = counts[VOXEL_STATUS.ok]!;
  const ok = new Float32Array(nOk);
  for (let p = 0, n = 0; p < status.length; p++) if (status[p] === VOXEL_STATUS.ok) ok[n++] = values[p]!;
  return {
    nVoxels: status.length,
    status: Object.fromEntries(VOXEL_STATUS_NAMES.map((s, i) => [s, counts[i]!])) as MapCounts['status'],
    medianOkMs: nOk > 0 ? quantileInPlace(ok, 0.5) : null,
  };
}

/** Above this a pixel says little about liver: the spread of a healthy population is 2–3 ms. */
const UNCERTAINTY_RANGE_MS = [0, 6] as const;

/** Pictures per slice of each map, as SVG by file name without its ending. */
export function mapPreviews(
  result: MapResult,
  { name: modelName, info: { cutoffMs } }: Pick<MappingModel, 'name' | 'info'>,
  orientation: SpinLockOrientation,
  roi?: Mask,
): { readonly name: string; readonly svg: string }[] {
  const { nSlices } = result.t1rho.grid;
  const digits = String(nSlices).length;
  const looks: readonly (readonly [ParametricMap | undefined, string, string, ColourMapName])[] = [
    [result.t1rho, 'T1ρ map', `${modelName}, from TSL ${result.usedTslMs.join(' and ')} ms`, 'viridis'],
    [result.uncertainty, 'Uncertainty of T1ρ', 'standard deviation of the stated error', 'magma'],
    [result.coarse, 'Coarse T1ρ map', 'least squares of the same two images', 'viridis'],
  ];
  return looks.flatMap(([map, title, subtitle, colours]) =>
    map
      ? Array.from({ length: nSlices }, (_, k) => ({
          name: `preview/${map.name}_slice-${String(k + 1).padStart(digits, '0')}`,
          svg: mapPreviewSvg({
            ...{ map, slices: [k], title, subtitle, colours },
            range: colours === 'magma' ? UNCERTAINTY_RANGE_MS : cutoffMs,
            marksCutoffs: colours !== 'magma',
            footer: `rhomap ${VERSION} · research use only`,
            orientation: orientation === 'none' ? 'none' : 'known',
            ...(roi && { roi }),
          }),
        }))
      : [],
  );
}

export interface MapDicomInput {
  readonly result: Pick<MapResult, 't1rho' | 'uncertainty' | 'usedTslMs'>;
  readonly model: Pick<MappingModel, 'name' | 'info'>;
  readonly study: SourceStudy;
  /** Of the refined map, one per slice. */
  readonly pictures: readonly Picture[];
  readonly regions?: (RegionsResult & { readonly mask: Mask }) | undefined;
}

/** Map, uncertainty, regions as drawn and as refined, numbers and pictures, as files of the images' own study. */
export function mapDicomFiles({
  result,
  model,
  study,
  pictures,
  regions,
}: MapDicomInput): Promise<OutputFile[]> {
  const { t1rho, uncertainty, usedTslMs } = result;
  return dicomResultFiles({
    ...{ source: study, pictures, title: t1rho.name },
    algorithm: {
      name: 'rhomap map',
      parameters: JSON.stringify({ model: model.name, method: model.info.method.name, usedTslMs }),
    },
    maps: [
      { map: t1rho, description: `T1rho by ${model.name}, ms`, windowRange: model.info.cutoffMs },
      ...(uncertainty
        ? [
            {
              map: { ...uncertainty, name: `${t1rho.name}_uncertainty` },
              description: 'Standard deviation of the stated error, ms',
              windowRange: UNCERTAINTY_RANGE_MS,
            },
          ]
        : []),
    ],
    regions: regions
      ? [
          { kind: 'drawn', mask: regions.mask, numbers: reportNumbers(regions.regions, 'before', t1rho) },
          ...(regions.refined
            ? [
                {
                  kind: 'refined' as const,
                  mask: regions.refined.mask,
                  numbers: reportNumbers(regions.regions, 'refined', t1rho),
                },
              ]
            : []),
        ]
      : [],
  });
}

/** Numbers of every map per region, `roi.csv`. */
export const mapRoiFile = (maps: readonly ParametricMap[], mask: Mask): OutputFile =>
  textFile(
    'roi.csv',
    roiCsv(maps.map((map) => ({ map: map.name, unit: map.unit, rows: roiStatistics(map, mask) }))),
  );

/** The regions before and after refinement: a table, what stays as labels, and why the rest went as `REMOVAL` codes. */
export function regionFiles(
  { regions, refined }: RegionsResult,
  orientation: SpinLockOrientation,
): OutputFile[] {
  const file = (path: string, values: Uint8Array | Uint16Array, content: string): OutputFile => ({
    path,
    bytes: writeNifti({
      ...{ grid: refined!.mask.grid, values, orientation },
      description: `rhomap ${VERSION} ${content}`,
    }),
  });
  return [
    textFile('roi_refined.csv', regionCsv(regions)),
    ...(refined
      ? [
          file('roi_refined.nii.gz', refined.mask.labels, 'labels after refinement'),
          file('roi_removed.nii.gz', refined.removal, 'removal codes'),
        ]
      : []),
  ];
}
