import { type InputRecord, type OutputFile, textFile } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import { imageAt, type Mask, type SpinLockSeries } from '../core/volume.ts';
import type { Warning } from '../core/warnings.ts';
import { patientPage } from '../report/patient/patient-page.ts';
import type { RegionsResult } from '../roi/region-report.ts';
import type { SpinLockOrientation } from './fit.ts';
import type { MapResult } from './map.ts';
import type { MappingModel } from './mapping-model.ts';

/** What was mapped. */
export interface MappedPatient {
  readonly series: SpinLockSeries;
  readonly result: MapResult;
  readonly model: Pick<MappingModel, 'name' | 'sha256' | 'info' | 'calibration'>;
  readonly roi?: Mask | undefined;
  readonly regions?: RegionsResult | undefined;
}

/** What is known of it besides. */
export interface ReportContext {
  readonly title: string;
  readonly inputs: readonly InputRecord[];
  readonly warnings: readonly Warning[];
  readonly orientation: SpinLockOrientation;
}

/** `report.html`: one page for the patient, the same bytes for the same input. */
export function patientReportFile(
  { series, result, model, roi, regions }: MappedPatient,
  { title, inputs, warnings, orientation }: ReportContext,
): OutputFile {
  const { t1rho, uncertainty, coarse, reference, check, usedTslMs, usedImages, matrix } = result;
  const page = patientPage({
    ...{ title, rhomap: VERSION, usedTslMs, cutoffMs: model.info.cutoffMs },
    firstImage: imageAt(series, usedImages[0]),
    ...{ t1rho, uncertainty, coarse, reference: reference?.time, roi, refined: regions?.refined },
    ...{ regions: regions?.regions ?? [], check, warnings },
    hasOrientation: orientation !== 'none',
    isCalibrated: model.calibration !== undefined,
    facts: [
      ['rhomap', VERSION],
      ['Images given', `TSL ${series.tslMs.join(', ')} ms; mapped from ${usedTslMs.join(' and ')} ms`],
      ['Model', `${model.name} (${model.info.method.title}), SHA-256 ${model.sha256}`],
      ['Calibrated on', model.calibration ? `${model.calibration.nPatients} patients` : 'nothing'],
      ['Seen by the network', `${matrix.nColumns}×${matrix.nRows} pixels a slice`],
      ...inputs.map((input): [string, string] => ['Input', `${input.name}, SHA-256 ${input.sha256}`]),
    ],
  });
  return textFile('report.html', page);
}
