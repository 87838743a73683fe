/** Every choice in a training, as one record; presets are values of it. */
import { z } from 'zod';

export interface TrainingOptions {
  readonly imageSize: number;
  readonly widths: number[];
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: 'constant' | 'cosine';
  readonly validateEvery: number;
  readonly patience: number;
  readonly predicts: 'map' | 'correction';
  readonly scale: 'plain' | 'warm-up' | 'beta';
  readonly lossOver: 'image' | 'body';
  readonly coarseTslMs: [number, number];
  readonly cutoffMs: [number, number];
  readonly maxAngleDegrees: number;
  readonly maxShiftPixels: number;
  readonly certainPercentile: number | null;
  readonly seed: number;
  readonly threads: number;
}

/** Options as a caller gives them: all optional. */
export type TrainingOptionsInput = { readonly [K in keyof TrainingOptions]?: TrainingOptions[K] | undefined };

export const trainingOptionsSchema: z.ZodType<TrainingOptions, TrainingOptionsInput> = z.strictObject({
  imageSize: z
    .number()
    .int()
    .min(16)
    .max(1024)
    .multipleOf(16)
    .default(256)
    .describe('edge of the square images that networks see, pixels'),
  widths: z
    .array(z.number().int().min(1).max(512))
    .min(1)
    .max(6)
    .default([16, 32, 64, 128, 256])
    .describe('channels of the U-Net per level'),
  steps: z.number().int().min(1).max(1_000_000).default(250).describe('most steps of a training'),
  batchSize: z.number().int().min(1).max(64).default(4).describe('slices per step'),
  learningRate: z.number().positive().max(1).default(1e-3).describe("Adam's step size at the start"),
  schedule: z
    .enum(['constant', 'cosine'])
    .default('cosine')
    .describe('learning rate over the steps: constant, or a half cosine down to 1 %'),
  validateEvery: z.number().int().min(1).default(25).describe('steps between validations'),
  patience: z
    .number()
    .int()
    .min(1)
    .default(40)
    .describe('validations without improvement after which a training ends'),
  predicts: z
    .enum(['map', 'correction'])
    .default('correction')
    .describe('what a network predicts: the map, or what to add to the coarse map'),
  scale: z.enum(['plain', 'warm-up', 'beta']).default('plain').describe('how equation 5 is minimised'),
  lossOver: z
    .enum(['image', 'body'])
    .default('image')
    .describe('pixels that the losses look at: all, or those with signal'),
  coarseTslMs: z
    .tuple([z.number(), z.number()])
    .default([0, 50])
    .describe('the two spin-lock times of the coarse map, ms'),
  cutoffMs: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([25, 65])
    .describe('range to which maps are clamped, ms'),
  maxAngleDegrees: z.number().min(0).max(180).default(7).describe('augmentation: rotation'),
  maxShiftPixels: z.number().min(0).max(128).default(10).describe('augmentation: translation'),
  certainPercentile: z
    .number()
    .min(0)
    .max(100)
    .nullable()
    .default(5)
    .describe(
      'LBUDR: percentile of S in validation ROIs below which a cut-off pixel counts as certain; none: S is not processed',
    ),
  seed: z.number().int().min(0).default(1).describe('seed of weights, order and augmentation'),
  threads: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('threads of a step; part of the record because sums depend on it'),
});

export type TrainingPreset = 'paper' | 'quick' | 'tiny';

/**
 * Where a preset says nothing, the schema's default holds: that is the paper's network on full images, trained as in
 * `docs/results/experiment`. Its validation patients chose: thirty training patients are learnt by heart beyond 250 to
 * 375 steps, and neither warm-up nor leaving out the background helped.
 */
export const TRAINING_PRESETS: Readonly<Record<TrainingPreset, TrainingOptionsInput>> = {
  paper: {},
  /** A small network on half the resolution, under a minute a training: which choice is better, not how good it gets. */
  quick: { imageSize: 128, widths: [16, 32, 64], steps: 400, validateEvery: 50 },
  /** Only that everything runs. */
  tiny: { imageSize: 64, widths: [4, 8], steps: 20, validateEvery: 10, batchSize: 2 },
};
