/**
 * The information floor: a lower bound on the RMRE of any map made from the two given images.
 *
 * What the given images do not determine of the others (noise, gain, blood, motion) is drawn anew while the given
 * ones stay; each draw gives another target. Whoever knew the patient, the scanner and everything else exactly could
 * do no better than the median of these targets weighted by 1/target, which minimises the mean of |M − T|/T. A real
 * method knows less, so it scores higher. A cohort whose floor is above 2.7 % cannot show learned errors under 3 %.
 */
import type { PatientOnScanner } from '../cohort/simulate-patient.ts';
import { storedValues, storeSignal } from '../cohort/store.ts';
import { sliceSize } from '../core/grid.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { fitSeries } from '../fit/fit-series.ts';
import { CUTOFF_MS } from './coarse-and-target.ts';

/** Targets of one slice's ROI under other draws of what is not given. */
export interface TargetDraws {
  /** `[draw, pixel]`, ms; draw 0 is the acquired target. */
  readonly targets: Float32Array;
  readonly nDraws: number;
  readonly nPixels: number;
}

/** Draws targets of slice number `k` in the ROI. */
export function drawTargets(
  patient: PatientOnScanner,
  k: number,
  tslMs: readonly number[],
  given: readonly number[],
  nDraws: number,
  bits: number,
): TargetDraws {
  const { slices, roi, grid } = patient;
  const n = sliceSize(grid);
  const pixels: number[] = [];
  for (let i = 0; i < n; i++) if (roi.labels[k * n + i] !== 0) pixels.push(i);
  const nPixels = pixels.length;
  const pick = (image: Float32Array): Float32Array => {
    const stored = storedValues(storeSignal(image, bits));
    return Float32Array.from(pixels, (i) => stored[i]!);
  };
  const targets = new Float32Array(nDraws * nPixels);
  const held = new Map(given.map((t) => [t, pick(slices[k]!.image(t, 0))]));
  for (let draw = 0; draw < nDraws; draw++) {
    const signal = new Float32Array(tslMs.length * nPixels);
    for (let t = 0; t < tslMs.length; t++)
      signal.set(held.get(t) ?? pick(slices[k]!.image(t, draw)), t * nPixels);
    const line = { nColumns: nPixels, nRows: 1, nSlices: 1, affine: grid.affine };
    const { time } = fitSeries({ grid: line, tslMs, signal }, { cutoffMs: CUTOFF_MS });
    targets.set(fillForTraining(time, CUTOFF_MS), draw * nPixels);
  }
  return { targets, nDraws, nPixels };
}

/**
 * Floor of one slice, %. A median fitted to the draws it is scored on flatters itself, one fitted to the other draws
 * is punished for having few; the two errors are of the same size, and their mean is reported.
 */
export function floorPercent({ targets, nDraws, nPixels }: TargetDraws): number {
  if (nPixels === 0) return Number.NaN;
  const values = new Float64Array(nDraws);
  let sum = 0;
  for (let pixel = 0; pixel < nPixels; pixel++) {
    for (let d = 0; d < nDraws; d++) values[d] = targets[d * nPixels + pixel]!;
    values.sort();
    const together = weightedMedian(values, -1);
    for (let d = 0; d < nDraws; d++) {
      const apart = weightedMedian(values, d);
      sum += (Math.abs(values[d]! - together) + Math.abs(values[d]! - apart)) / (2 * values[d]!);
    }
  }
  return (100 * sum) / (nPixels * nDraws);
}

/** Median with weights 1/value of sorted values, without number `skip`. */
function weightedMedian(sorted: Float64Array, skip: number): number {
  let total = 0;
  for (let i = 0; i < sorted.length; i++) if (i !== skip) total += 1 / sorted[i]!;
  let sum = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === skip) continue;
    sum += 1 / sorted[i]!;
    if (sum >= total / 2) return sorted[i]!;
  }
  return sorted[sorted.length - 1]!;
}
