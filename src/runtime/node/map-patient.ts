/** A patient mapped into a folder of its own: what `rhomap map` writes, whoever asks for it. */
import { basename } from 'node:path';
import {
  createSummary,
  type InputRecord,
  jsonFile,
  type OutputFile,
  type Summary,
} from '../../core/summary.ts';
import type { Mask, SpinLockSeries } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';
import type { SourceStudy } from '../../io/dicom/results/study.ts';
import { orientationOf } from '../../pipeline/fit.ts';
import { type MapResult, mapSeries } from '../../pipeline/map.ts';
import {
  countMap,
  type MapCounts,
  mapDicomFiles,
  mapPreviews,
  mapResultFiles,
  mapRoiFile,
  mapsOf,
  regionFiles,
} from '../../pipeline/map-files.ts';
import type { MappingModel } from '../../pipeline/mapping-model.ts';
import { patientReportFile } from '../../pipeline/patient-report.ts';
import { refuseEmptyMap } from '../../pipeline/refuse-empty-map.ts';
import type { RefinementRule } from '../../roi/refine.ts';
import { type RegionsResult, reportRegions } from '../../roi/region-report.ts';
import { withSliceNumbers } from '../../roi/slice-number.ts';
import { type OutputFolderOptions, withOutputFolder } from './output-folder.ts';
import { rasterise, rasterisePixels } from './rasterise.ts';

/** What maps can be written as. */
export const OUTPUT_FORMATS = ['nifti', 'dicom'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A patient's images, read. */
export interface PatientImages {
  readonly series: SpinLockSeries;
  readonly name: string;
  /** The study that DICOM results join; only where they are asked for. */
  readonly study?: SourceStudy | undefined;
  readonly roi?: Mask | undefined;
  /** Everything that was read, the mask too. */
  readonly records: readonly InputRecord[];
}

export interface MapPatientSettings {
  readonly formats: readonly OutputFormat[];
  readonly mapFromMs?: readonly [number, number] | undefined;
  /** How regions are refined; not at all where absent. */
  readonly rule?: RefinementRule | undefined;
  readonly report?: boolean | undefined;
  /** Pictures of every slice; default true. */
  readonly previews?: boolean | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface MappedPatient {
  readonly result: MapResult;
  readonly counts: MapCounts;
  readonly regions?: RegionsResult | undefined;
  readonly summary: Summary;
}

/** Maps a patient. @throws what `mapSeries`, `refuseEmptyMap` and `reportRegions` throw. */
export async function mapPatient(
  { series, name, roi, records }: PatientImages,
  model: MappingModel,
  { mapFromMs, rule, onProgress }: MapPatientSettings,
  warnings: WarningSink,
): Promise<MappedPatient> {
  const result = await mapSeries(series, model, { onProgress, mapFromMs, roi });
  const counts = countMap(result);
  refuseEmptyMap(counts.status, name);
  const regions =
    roi && reportRegions({ ...result, mask: roi, calibration: model.calibration, rule }, warnings);
  const summary = createSummary({
    command: 'map',
    options: { tslMs: series.tslMs, mapFromMs: result.usedTslMs, model: model.name },
    inputs: records,
    results: {
      series: name,
      model: {
        name: model.name,
        sha256: model.sha256,
        method: model.info.method.name,
        scaleFrom: model.info.scaleFrom,
      },
      ...{ matrix: result.matrix, ...counts, check: result.check, sliceChecks: result.sliceChecks },
      ...(model.calibration && { calibration: model.calibration }),
      ...(regions && { refinement: rule ?? null, regions: withSliceNumbers(regions.regions) }),
    },
    warnings: warnings.warnings,
  });
  return { result, counts, regions, summary };
}

/** Writes what was mapped. @throws what `withOutputFolder` throws. */
export const writeMappedPatient = (
  path: string,
  options: OutputFolderOptions,
  images: PatientImages,
  model: MappingModel,
  mapped: MappedPatient,
  settings: MapPatientSettings,
): Promise<void> =>
  withOutputFolder(path, options, async (folder) => {
    for await (const file of mappedFiles(images, model, mapped, settings)) await folder.write(file);
    await folder.write(jsonFile('summary.json', mapped.summary));
  });

async function* mappedFiles(
  { series, name, study, roi, records }: PatientImages,
  model: MappingModel,
  { result, regions, summary }: MappedPatient,
  { formats, report, previews: hasPreviews = true }: MapPatientSettings,
): AsyncGenerator<OutputFile> {
  const orientation = orientationOf(series);
  if (formats.includes('nifti')) yield* mapResultFiles(result, orientation);
  const previews = hasPreviews || study ? mapPreviews(result, model, orientation, roi) : [];
  if (hasPreviews)
    for (const { name: path, svg } of previews) yield { path: `${path}.png`, bytes: rasterise(svg) };
  if (study) {
    // The refined map's own pictures come first, one per slice.
    const pictures = previews.slice(0, series.grid.nSlices).map(({ svg }) => rasterisePixels(svg));
    const drawn = roi && regions && { mask: roi, ...regions };
    yield* await mapDicomFiles({ result, model, study, pictures, regions: drawn });
  }
  if (roi) yield mapRoiFile(mapsOf(result), roi);
  if (regions) yield* regionFiles(regions, orientation);
  if (report)
    yield patientReportFile(
      { series, result, model, roi, regions },
      { title: basename(name), inputs: records, warnings: summary.warnings, orientation },
    );
}
