/**
 * Every choice in a fit, as one record: checked once, shared by library, command line and presets, and stored with
 * each result. Defaults that depend on the mapped parameter (`signal/parameters.ts`) are filled in by
 * `resolveFitOptions`, so that a stored record never says "default".
 */
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
import { PARAMETERS, type ParameterName, type RangeMs } from '../signal/parameters.ts';

export const FIT_METHODS = [
  'nlls',
  'log-linear',
  'weighted-log-linear',
  'three-parameter',
  'rician',
] as const;

export type FitMethod = (typeof FIT_METHODS)[number];

/** Options of a fit with every choice made. */
export interface FitOptions {
  readonly parameter: ParameterName;
  readonly method: FitMethod;
  /** Interval in which the time is sought, ms; a voxel that ends at it gets a cut-off status. */
  readonly boundsMs: RangeMs;
  /** Interval to which the map is clamped after the fit, ms; `null`: not clamped. */
  readonly cutoffMs: RangeMs | null;
  /** Voxels whose largest signal is not above this have `no-signal`; units of the signal. */
  readonly noiseFloor: number;
  /** Noise SD of one channel (σ), units of the signal; `null`: unknown, judged from each voxel's residuals. */
  readonly noiseSigma: number | null;
  /** SD of a Gaussian over each slice, pixels, applied to the images before the fit; 0: none. */
  readonly smoothingPixels: number;
  /** A fit with R² below this carries the quality flag `poor-fit`. */
  readonly poorFitR2: number;
  /** A rise between neighbouring times by more than this part of the largest signal carries `rising-signal`. */
  readonly risingFraction: number;
}

/** Options as a caller gives them: all optional. Where absent, bounds and cut-off are the parameter's own. */
export type FitOptionsInput = { readonly [K in keyof FitOptions]?: FitOptions[K] | undefined };

const ms = z.number().positive().finite();
const rangeMs = z
  .tuple([ms, ms])
  .refine(([low, high]) => low < high, 'the lower limit must be below the upper one');

/** One schema for all callers; `z.toJSONSchema` of it gives names, defaults and help texts. */
export const fitOptionsSchema: z.ZodType<FitOptionsInput, FitOptionsInput> = z.strictObject({
  parameter: z
    .enum(['t1rho', 't2', 't2star'])
    .default('t1rho')
    .describe('relaxation time to map: names, bounds and cut-off follow it'),
  method: z
    .enum(FIT_METHODS)
    .default('nlls')
    .describe(
      'nlls: least squares of S0·exp(−t/T); log-linear and weighted-log-linear: of ln S; three-parameter: with an ' +
        'offset, reads several ms lower; rician: likelihood of magnitude noise, needs the noise SD',
    ),
  boundsMs: rangeMs
    .optional()
    .describe("interval in which the time is sought, ms (default: the parameter's)"),
  cutoffMs: rangeMs
    .nullable()
    .optional()
    .describe(
      "interval to which the map is clamped, ms; none: not clamped (default: the parameter's, 25–65 for T1rho)",
    ),
  noiseFloor: z
    .number()
    .nonnegative()
    .finite()
    .default(0)
    .describe('voxels whose largest signal is not above this count as no signal'),
  noiseSigma: z
    .number()
    .positive()
    .finite()
    .nullable()
    .default(null)
    .describe('noise SD of one channel in units of the signal; none: unknown'),
  smoothingPixels: z
    .number()
    .nonnegative()
    .max(10)
    .default(0)
    .describe('SD in pixels of a Gaussian over each slice before the fit; 0: none; it hides detail'),
  poorFitR2: z.number().max(1).default(0.9).describe('R² below which a voxel is flagged poor-fit'),
  risingFraction: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe(
      'rise between neighbouring times, as part of the largest signal, above which a voxel is flagged',
    ),
});

/**
 * Checks options and fills in every default.
 * @throws OptionError `fit/options` for an unknown or impossible option, `fit/noise-sigma` for `rician` without noise.
 */
export function resolveFitOptions(input: FitOptionsInput = {}): FitOptions {
  const parsed = fitOptionsSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.length > 0 ? ` "${issue.path.join('.')}"` : '';
    throw new OptionError('fit/options', `Fit option${where}: ${issue.message}.`, { cause: parsed.error });
  }
  const given = parsed.data as Omit<FitOptions, 'boundsMs' | 'cutoffMs'> & FitOptionsInput;
  const { boundsMs, cutoffMs } = PARAMETERS[given.parameter];
  if (given.method === 'rician' && given.noiseSigma === null)
    throw new OptionError(
      'fit/noise-sigma',
      'The Rician fit needs the noise level: give noiseSigma (--noise-sigma), measured on tissue (air is often masked by the scanner).',
    );
  return {
    ...given,
    boundsMs: given.boundsMs ?? boundsMs,
    cutoffMs: given.cutoffMs === undefined ? cutoffMs : given.cutoffMs,
  };
}
