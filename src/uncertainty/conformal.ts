/**
 * Split conformal intervals by patient: a factor q such that M ± q·σ covers a pixel of a *new patient* with at least
 * the asked probability, whatever the errors' distribution, if patients are exchangeable.
 *
 * Pixels of one patient are alike, so it is patients that count: each calibration patient has weight 1/(n + 1), shared
 * by its pixels, and the missing patient sits at infinity with the same weight (hierarchical conformal prediction:
 * Lee, Barber, Willett, arXiv:2306.06342). Hence n patients guarantee at most n/(n + 1): 4 give 80 %, 9 give 90 %.
 */
import { DataError, OptionError, ShapeError } from '../core/errors.ts';

export interface ConformalFactor {
  /** Half-width of the interval in units of σ; Infinity where the level is out of reach of so few patients. */
  readonly factor: number;
  readonly level: number;
  readonly nPatients: number;
  /** The highest level that this number of patients can guarantee, n/(n + 1). */
  readonly reachableLevel: number;
}

/**
 * `scores`: |error|/σ of each calibration pixel; `patients`: the patient of each pixel, any integers.
 * @throws OptionError for a level outside (0, 1); ShapeError, DataError for arrays that do not match or are empty.
 */
export function conformalFactor(
  scores: Float32Array | Float64Array,
  patients: Int32Array,
  level: number,
): ConformalFactor {
  if (!(level > 0 && level < 1))
    throw new OptionError('conformal/level', `A coverage level lies between 0 and 1, got ${level}.`);
  if (scores.length !== patients.length)
    throw new ShapeError(
      'conformal/size',
      `Every score needs its patient, got ${scores.length} scores and ${patients.length} patients.`,
    );
  if (scores.length === 0) throw new DataError('conformal/empty', 'Calibration needs at least one pixel.');

  const nPixels = new Map<number, number>();
  for (const patient of patients) nPixels.set(patient, (nPixels.get(patient) ?? 0) + 1);
  const nPatients = nPixels.size;
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  // Rounding must not push a level that is exactly reachable out of reach.
  const needed = level * (nPatients + 1) * (1 - 1e-12);
  let weight = 0;
  let factor = Number.POSITIVE_INFINITY;
  for (const i of order) {
    weight += 1 / nPixels.get(patients[i])!;
    if (weight >= needed) {
      factor = scores[i];
      break;
    }
  }
  return { factor, level, nPatients, reachableLevel: nPatients / (nPatients + 1) };
}
