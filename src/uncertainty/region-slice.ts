import type { Features } from './input-features.ts';

/**
 * The pixels of a region in one slice, with what a network said there and what turned out: the unit of calibration.
 * Arrays run over the region's pixels.
 */
export interface RegionSlice {
  readonly patient: string;
  /** Which of several data sets the patient is from, in words. */
  readonly dataSet?: string;
  /** Index from 0. */
  readonly slice: number;
  /** Fibrosis stage, for calibration by group. */
  readonly stage: string;
  /** Where each pixel lies, and how far apart neighbours are. */
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
  readonly pixelMm: number;
  /** The least-squares map from the images that the network saw. */
  readonly coarseMs: Float32Array;
  readonly predictedMs: Float32Array;
  /** Laplace scale σ as the network gave it, ms. */
  readonly sigmaMs: Float32Array;
  /** The map fitted from all images. */
  readonly targetMs: Float32Array;
  /** Standard error of that fit by its own account, ms; NaN at a cut-off. */
  readonly targetErrorMs: Float32Array;
  /** What the slice's images are like, with σ as the network gave it. */
  readonly features?: Features;
  /** The exact map; virtual patients only. */
  readonly truthMs?: Float32Array;
}

/** What errors are counted against: the map of all images (what the network learned), or the truth. */
export type ErrorReference = 'target' | 'truth';

/** The reference's values; `undefined` where the slice does not know them. */
export const referenceOf = (slice: RegionSlice, reference: ErrorReference): Float32Array | undefined =>
  reference === 'target' ? slice.targetMs : slice.truthMs;
