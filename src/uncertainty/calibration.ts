/**
 * What calibration patients taught about a network's uncertainty, as a record that travels in the model's file: how σ is
 * corrected, how wide intervals must be, how errors of neighbours hang together. `fit-calibration.ts` makes it.
 */
import { FormatError } from '../core/errors.ts';
import { parseJson } from '../methods/model-info.ts';
import type { ErrorCovariance } from './error-covariance.ts';
import type { InputRanges } from './input-checks.ts';
import type { Recalibration } from './recalibration.ts';
import type { ErrorReference } from './region-slice.ts';

/** Interval levels that are stored and reported. */
export const INTERVAL_LEVELS: readonly number[] = [0.5, 0.8, 0.9, 0.95];

/** Half-width of a central interval. */
export interface IntervalFactor {
  readonly level: number;
  /** In units of σ (pixels) or of the mean's SD (regions); `null` where so few patients cannot guarantee the level. */
  readonly factor: number | null;
}

/** Errors against one reference. */
export interface ReferenceCalibration {
  /** Mean error, map − reference, ms: intervals lie around the map less this. */
  readonly shiftMs: number;
  /** By split conformal, by patient. */
  readonly pixels: readonly IntervalFactor[];
  readonly covariance: ErrorCovariance;
  /** For means of regions, by split conformal, by patient. */
  readonly regions: readonly IntervalFactor[];
  /** For means of refined regions: what is left out is not drawn at random, so these are wider. */
  readonly refinedRegions: readonly IntervalFactor[];
}

export interface Calibration {
  readonly schemaVersion: 1;
  readonly nPatients: number;
  readonly nSlices: number;
  readonly nPixels: number;
  /** SHA-256 over the calibration patients' files. */
  readonly dataSha256: string;
  readonly recalibration: Recalibration;
  /** Mean negative log likelihood of patients left out, nats a pixel, by the kind of recalibration. */
  readonly nll: Readonly<Record<Recalibration['kind'], number>>;
  readonly target: ReferenceCalibration;
  /** What the images of calibration patients were like. */
  readonly inputs?: InputRanges;
  /** Virtual calibration patients only. */
  readonly truth?: ReferenceCalibration;
  /** Mean and SD of u = √2·σ (recalibrated) over all region pixels, ms: refinement removes pixels above their sum. */
  readonly refinement: { readonly meanMs: number; readonly standardDeviationMs: number };
}

export const CALIBRATION_KEY = 'rhomap.calibration';

/** @throws FormatError `model/calibration` for another version. */
export function readCalibration(
  metadata: Readonly<Record<string, string>>,
  where: string,
): Calibration | undefined {
  const calibration = parseJson<Calibration>(metadata[CALIBRATION_KEY], CALIBRATION_KEY, where);
  if (calibration === null) return undefined;
  if (calibration.schemaVersion !== 1)
    throw new FormatError(
      'model/calibration',
      where,
      `its calibration has version ${calibration.schemaVersion}, which is not known; use a newer rhomap.`,
    );
  return calibration;
}

/** Calibration against the reference, where there is one. */
export const calibrationAgainst = (
  calibration: Calibration,
  reference: ErrorReference,
): ReferenceCalibration | undefined => calibration[reference];

/** The paper's refinement threshold μ + SD on u, ms. */
export const refinementThresholdOf = ({ refinement }: Calibration): number =>
  refinement.meanMs + refinement.standardDeviationMs;
