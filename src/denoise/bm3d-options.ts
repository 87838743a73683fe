/**
 * Parameters of BM3D as one record, with the values of the normal profile.
 *
 * Sources: [D] Dabov, Foi, Katkovnik, Egiazarian, IEEE Trans. Image Process. 16(8), 2007, Table I,
 * doi:10.1109/TIP.2007.901238; [L] Lebrun, Image Processing On Line 2, 2012, doi:10.5201/ipol.2012.l-bm3d.
 * Block size and transforms are fixed (8×8; bior1.5 then DCT; Haar across the group), as in both. The profile for
 * strong noise of [D] with its larger blocks is left out: one limit of the distance that grows with the noise does.
 */
import { OptionError } from '../core/errors.ts';

/** Parameters of one of the two passes. */
export interface Bm3dPass {
  /** Pixels between neighbouring reference blocks, 1 to 8. */
  readonly step: number;
  /** Most blocks in a group; a power of two. */
  readonly maxBlocks: number;
  /** Edge of the square in which similar blocks are sought, centred on the reference block; odd, in pixels. */
  readonly searchSize: number;
  /** Largest mean squared difference of two similar blocks, for values that span 0–255. */
  readonly distanceLimit: number;
  /** The same where sigma is above `STRONG_NOISE`. */
  readonly distanceLimitStrongNoise: number;
  /** Shape of the Kaiser window that weights pixels inside a block, 0 for none. */
  readonly kaiserBeta: number;
}

export interface Bm3dOptions {
  /** Standard deviation of the noise, in the image's unit; estimated (`estimateNoiseSigma`) where absent. */
  readonly sigma?: number;
  /** Pixels `[row, column]` that count for the estimate of sigma: not 0 inside. All finite pixels where absent. */
  readonly mask?: Uint8Array;
  /** Span of the image's values that the distance limits call 255, in its unit; maximum − minimum where absent. */
  readonly valueRange?: number;
  /** Hard threshold of the first pass, in sigma. [D] */
  readonly thresholdSigma?: number;
  readonly hardPass?: Partial<Bm3dPass>;
  readonly wienerPass?: Partial<Bm3dPass>;
}

/** Sigma (0–255) above which single blocks are mostly noise and the distance limits must rise. [D] */
export const STRONG_NOISE = 40;

export const DEFAULT_THRESHOLD_SIGMA = 2.7;

/** First pass: [D] Table I; distance limit of the authors' later normal profile (2500 in the paper). */
export const HARD_PASS: Bm3dPass = {
  step: 3,
  maxBlocks: 16,
  searchSize: 39,
  distanceLimit: 3000,
  distanceLimitStrongNoise: 5000,
  kaiserBeta: 2,
};

/** Second pass: [D] Table I. */
export const WIENER_PASS: Bm3dPass = {
  step: 3,
  maxBlocks: 32,
  searchSize: 39,
  distanceLimit: 400,
  distanceLimitStrongNoise: 3500,
  kaiserBeta: 2,
};

/**
 * Fills in the defaults and checks a pass.
 * @throws OptionError `bm3d/option` naming the parameter and the value.
 */
export function resolvePass(defaults: Bm3dPass, given: Partial<Bm3dPass> | undefined): Bm3dPass {
  const pass = { ...defaults, ...given };
  demand(Number.isInteger(pass.step) && pass.step >= 1 && pass.step <= 8, 'step', pass.step, 'from 1 to 8');
  const powerOfTwo = Number.isInteger(pass.maxBlocks) && Math.log2(pass.maxBlocks) % 1 === 0;
  demand(powerOfTwo && pass.maxBlocks <= 128, 'maxBlocks', pass.maxBlocks, 'a power of two up to 128');
  const oddSize = Number.isInteger(pass.searchSize) && pass.searchSize % 2 === 1 && pass.searchSize > 0;
  demand(oddSize, 'searchSize', pass.searchSize, 'odd and positive');
  demand(pass.distanceLimit > 0, 'distanceLimit', pass.distanceLimit, 'positive');
  demand(
    pass.distanceLimitStrongNoise > 0,
    'distanceLimitStrongNoise',
    pass.distanceLimitStrongNoise,
    'positive',
  );
  demand(pass.kaiserBeta >= 0, 'kaiserBeta', pass.kaiserBeta, 'zero or positive');
  return pass;
}

/** @throws OptionError `bm3d/option` unless the value is absent or satisfies the demand. */
export function demand(holds: boolean, name: string, value: unknown, expected: string): void {
  if (!holds) throw new OptionError('bm3d/option', `BM3D: ${name} must be ${expected}, got ${value}.`);
}
