/**
 * Parameters of BM3D as one record, with the values of the normal profile.
 *
 * Sources: [D] Dabov, Foi, Katkovnik, Egiazarian, IEEE Trans. Image Process. 16(8), 2007, Table I,
 * doi:10.1109/TIP.2007.901238; [L] Lebrun, Image Processing On Line 2, 2012, doi:10.5201/ipol.2012.l-bm3d.
 * Block size and transforms are fixed (8×8; bior1.5 then DCT; Haar across the group), as in both for usual noise.
 * The larger blocks and the matching in the transform domain that [D] uses for strong noise are left out; only its
 * wider distance limits are taken.
 */
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';

/** Parameters of one of the two passes. */
export interface Bm3dPass {
  /** Pixels between neighbouring reference blocks, 1 to 8. */
  readonly step: number;
  /** Most blocks in a group; a power of two. */
  readonly maxBlocks: number;
  /** Edge in pixels of the square of displacements in which similar blocks are sought; odd. */
  readonly searchSize: number;
  /** Largest mean squared difference of two similar blocks, for values that span 0–255. */
  readonly distanceLimit: number;
  /** The same where sigma is above `STRONG_NOISE`. */
  readonly distanceLimitStrongNoise: number;
  /** Shape of the Kaiser window that weights pixels inside a block, 0 for none. */
  readonly kaiserBeta: number;
}

/** Every parameter with its value; `null` stands for "from the image". */
export interface Bm3dSettings {
  /** Standard deviation of the noise, in the image's unit; `null`: estimated (`estimateNoiseSigma`). */
  readonly sigma: number | null;
  /** Span of the image's values that the distance limits call 255, in its unit; `null`: maximum − minimum. */
  readonly valueRange: number | null;
  /** Threshold of the first pass, in sigma. [D] */
  readonly thresholdSigma: number;
  readonly hardPass: Bm3dPass;
  readonly wienerPass: Bm3dPass;
}

type Input<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Parameters as a caller gives them: all optional. */
export type Bm3dOptions = Input<Omit<Bm3dSettings, 'hardPass' | 'wienerPass'>> & {
  readonly hardPass?: Input<Bm3dPass> | undefined;
  readonly wienerPass?: Input<Bm3dPass> | undefined;
};

/** Sigma (for values that span 0–255) above which noise dominates the distance of two blocks. [D] */
export const STRONG_NOISE = 40;

/** First pass: [D]; the distance limit is that of the authors' later programs (2500 in the paper). */
const HARD_PASS: Bm3dPass = {
  step: 3,
  maxBlocks: 16,
  searchSize: 39,
  distanceLimit: 3000,
  distanceLimitStrongNoise: 5000,
  kaiserBeta: 2,
};

/** Second pass: [D]. */
const WIENER_PASS: Bm3dPass = {
  step: 3,
  maxBlocks: 32,
  searchSize: 39,
  distanceLimit: 400,
  distanceLimitStrongNoise: 3500,
  kaiserBeta: 2,
};

const positive = z.number().positive().finite();

const passSchema = (defaults: Bm3dPass): z.ZodType<Bm3dPass, Input<Bm3dPass>> =>
  z.strictObject({
    step: z.int().min(1).max(8).default(defaults.step).describe('pixels between reference blocks'),
    maxBlocks: z
      .int()
      .min(1)
      .max(128)
      .refine((n) => Math.log2(n) % 1 === 0, 'must be a power of two')
      .default(defaults.maxBlocks)
      .describe('most blocks in a group, a power of two'),
    searchSize: z
      .int()
      .min(1)
      .refine((n) => n % 2 === 1, 'must be odd')
      .default(defaults.searchSize)
      .describe('edge of the square in which similar blocks are sought, odd, pixels'),
    distanceLimit: positive
      .default(defaults.distanceLimit)
      .describe('largest mean squared difference of similar blocks, for values that span 0–255'),
    distanceLimitStrongNoise: positive
      .default(defaults.distanceLimitStrongNoise)
      .describe(`the same for a sigma above ${STRONG_NOISE}`),
    kaiserBeta: z
      .number()
      .nonnegative()
      .max(20)
      .default(defaults.kaiserBeta)
      .describe('shape of the window over a block, 0: flat'),
  });

/** One schema for all callers. */
export const bm3dOptionsSchema: z.ZodType<Bm3dSettings, Bm3dOptions> = z.strictObject({
  sigma: z
    .number()
    .nonnegative()
    .finite()
    .nullable()
    .default(null)
    .describe("standard deviation of the noise in the image's unit; null: estimated"),
  valueRange: positive
    .nullable()
    .default(null)
    .describe("span of values that counts as 0–255, in the image's unit; null: maximum − minimum"),
  thresholdSigma: z
    .number()
    .nonnegative()
    .finite()
    .default(2.7)
    .describe('threshold of the first pass, in sigma'),
  hardPass: passSchema(HARD_PASS).prefault({}).describe('first pass: hard threshold'),
  wienerPass: passSchema(WIENER_PASS).prefault({}).describe('second pass: Wiener filter'),
});

/**
 * Checks options and fills in every default.
 * @throws OptionError `bm3d/option` naming the option and what it must be.
 */
export function resolveBm3dOptions(options: Bm3dOptions = {}): Bm3dSettings {
  const parsed = bm3dOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OptionError('bm3d/option', `BM3D option "${issue.path.join('.')}": ${issue.message}.`, {
    cause: parsed.error,
  });
}
