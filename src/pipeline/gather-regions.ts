/** Region pixels of a cohort's patients as calibration and its checks need them: what the network says, and what is so. */
import { fillForTraining } from '../fit/fill-for-training.ts';
import { fitSeries } from '../fit/fit-series.ts';
import { predictSlice } from '../methods/predict.ts';
import {
  airLevel,
  brightSignal,
  createInputFitter,
  type InputPlanes,
  msFromScaled,
} from '../training/planes.ts';
import { sliceFeatures } from '../uncertainty/input-features.ts';
import type { RegionSlice } from '../uncertainty/region-slice.ts';
import type { DataSet, DataSetSlice } from './dataset.ts';
import type { MappingModel } from './mapping-model.ts';

/** Spacing of the paper's images, for data sets that do not know theirs. */
const PAPER_PIXEL_MM = 1.5;

/** Maps every slice of one patient and keeps the region's pixels. */
export async function gatherPatient(
  dataSet: DataSet,
  participant: { readonly id: string; readonly stage: string },
  model: MappingModel,
): Promise<RegionSlice[]> {
  const gathered: RegionSlice[] = [];
  for (const slice of await dataSet.slices(participant.id))
    gathered.push(await gatherSlice(slice, participant.stage, model));
  return gathered.filter(({ rows }) => rows.length > 0);
}

async function gatherSlice(slice: DataSetSlice, stage: string, model: MappingModel): Promise<RegionSlice> {
  const { nRows, nColumns, truthMs } = slice;
  const [low, high] = model.info.cutoffMs;
  const planes = inputPlanes(slice, model);
  const { mapMs, scaleMs } = await predictSlice(model, planes, nRows, nColumns);
  const fit = fitInRegion(slice, model);
  const pixels = Array.from(slice.roi.keys()).filter(
    (p) => slice.roi[p] !== 0 && (truthMs === undefined || truthMs[p]! > 0),
  );
  const pick = (plane: Float32Array): Float32Array => Float32Array.from(pixels, (p) => plane[p]!);
  return {
    patient: slice.patientId,
    slice: slice.sliceIndex,
    stage,
    rows: Uint16Array.from(pixels, (p) => Math.floor(p / nColumns)),
    columns: Uint16Array.from(pixels, (p) => p % nColumns),
    pixelMm: slice.pixelMm ?? PAPER_PIXEL_MM,
    coarseMs: pick(planes.coarse.map(msFromScaled)),
    predictedMs: pick(mapMs).map((ms) => Math.min(Math.max(ms, low), high)),
    sigmaMs: scaleMs ? pick(scaleMs) : new Float32Array(pixels.length).fill(Number.NaN),
    targetMs: pick(fit.targetMs),
    targetErrorMs: pick(fit.standardErrorMs),
    features: sliceFeatures({ planes, mapMs, sigmaMs: scaleMs, nRows, nColumns, roi: slice.roi }),
    ...(truthMs && { truthMs: pick(truthMs) }),
  };
}

/** What the network sees of a slice. */
export function inputPlanes(
  { nRows, nColumns, tslMs, contrasts }: DataSetSlice,
  { info }: MappingModel,
): InputPlanes {
  const nPixels = nRows * nColumns;
  const pair = new Float32Array(2 * nPixels);
  info.coarseTslMs.forEach((tsl, i) => {
    const t = tslMs.indexOf(tsl);
    pair.set(contrasts.subarray(t * nPixels, (t + 1) * nPixels), i * nPixels);
  });
  return createInputFitter(info, nPixels)(pair);
}

/** The fit of all images, in the region alone, by the conventions of training; and its own standard error. */
function fitInRegion(
  { nRows, nColumns, tslMs, contrasts, roi }: DataSetSlice,
  { info: { cutoffMs, coarseTslMs } }: MappingModel,
): { readonly targetMs: Float32Array; readonly standardErrorMs: Float32Array } {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const grid = { nColumns, nRows, nSlices: 1, affine };
  const first = tslMs.indexOf(coarseTslMs[0]) * nRows * nColumns;
  const noiseFloor = airLevel(brightSignal(contrasts.subarray(first, first + nRows * nColumns)));
  const mask = { grid, labels: Uint16Array.from(roi) };
  const fit = fitSeries(
    { grid, tslMs, signal: contrasts },
    { cutoffMs: [...cutoffMs], noiseFloor },
    { mask },
  );
  return { targetMs: fillForTraining(fit.time, cutoffMs), standardErrorMs: fit.standardError.values };
}
