/**
 * Calibrates a trained network on patients it never saw, and stores what it learns in the model's file; then, on other
 * patients, says what the uncertainty is worth. The way down: `gather-regions.ts` (map every patient, keep the regions) →
 * `uncertainty/fit-calibration.ts` → `evaluate/calibration-report.ts`.
 */
import { UnsupportedError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { type CalibrationReport, evaluateCalibration } from '../evaluate/calibration-report.ts';
import { PIXEL_KEY, statesUncertainty } from '../methods/model-info.ts';
import { repackModel } from '../network/repack.ts';
import { CALIBRATION_KEY, type Calibration } from '../uncertainty/calibration.ts';
import { fitCalibration } from '../uncertainty/fit-calibration.ts';
import type { RegionSlice } from '../uncertainty/region-slice.ts';
import type { DataSet } from './dataset.ts';
import { type FlagRate, measureFlagRates } from './flag-rates.ts';
import { gatherPatient } from './gather-regions.ts';
import type { MappingModel } from './mapping-model.ts';

export interface CalibrateOptions {
  /** Patients to calibrate on. */
  readonly calibration: readonly DataSet[];
  /** Patients to judge it on; none: no report. */
  readonly test: readonly DataSet[];
  /** What the data sets of `test` are called in the report. */
  readonly testNames?: readonly string[];
  /** Measure what the input checks notice, on this many test patients of each data set; 0: do not. */
  readonly nBroken?: number;
  readonly onProgress?: (fraction: number) => void;
}

export interface CalibratedModel {
  readonly calibration: Calibration;
  /** Spacing of the training grid, mm, as the calibration patients have it. */
  readonly pixelMm: number;
  readonly report?: CalibrationReport;
  readonly flagRates?: readonly FlagRate[];
}

/**
 * @throws UnsupportedError `calibrate/no-uncertainty` for a network that states none; DataError for too few patients.
 */
export async function calibrateModel(
  model: MappingModel,
  { calibration: data, test, testNames = [], nBroken = 0, onProgress }: CalibrateOptions,
): Promise<CalibratedModel> {
  if (!statesUncertainty(model.info))
    throw new UnsupportedError(
      'calibrate/no-uncertainty',
      `${model.name} is a ${model.info.method.title} network, which states no uncertainty; calibrate an LBRU or LBRI, or name one for it with --uncertainty-model.`,
    );
  const total = [...data, ...test].reduce((n, { participants }) => n + participants.length, 0);
  let done = 0;
  const gather = async (dataSets: readonly DataSet[]): Promise<RegionSlice[]> => {
    const slices: RegionSlice[] = [];
    for (const [d, dataSet] of dataSets.entries())
      for (const participant of dataSet.participants) {
        const own = await gatherPatient(dataSet, participant, model);
        // Cohorts number their patients alike.
        const whose = { dataSet: testNames[d] ?? `data set ${d + 1}`, patient: `${d + 1} ${participant.id}` };
        slices.push(...own.map((slice) => ({ ...slice, ...whose })));
        onProgress?.(++done / total);
      }
    return slices;
  };
  const slices = await gather(data);
  const calibration = fitCalibration(slices, await hashOf(data));
  const pixelMm = model.info.pixelMm ?? slices[0]!.pixelMm;
  if (test.length === 0) return { calibration, pixelMm };
  const first = test.map((dataSet) => ({ ...dataSet, participants: dataSet.participants.slice(0, nBroken) }));
  const flagRates =
    nBroken > 0 && calibration.inputs && (await measureFlagRates(first, model, calibration.inputs));
  return {
    ...(flagRates && { flagRates }),
    calibration,
    pixelMm,
    report: evaluateCalibration(await gather(test), calibration),
  };
}

/** The model's file with its calibration inside. */
export const storeCalibration = (
  model: Uint8Array,
  { calibration, pixelMm }: CalibratedModel,
  where: string,
): Uint8Array =>
  repackModel(model, where, {
    metadata: { [CALIBRATION_KEY]: JSON.stringify(calibration), [PIXEL_KEY]: String(pixelMm) },
  });

async function hashOf(dataSets: readonly DataSet[]): Promise<string> {
  const lines: string[] = [];
  for (const dataSet of dataSets)
    for (const { id } of dataSet.participants) lines.push(`${id} ${await dataSet.hash(id)}`);
  return sha256(new TextEncoder().encode(lines.join('\n')));
}
