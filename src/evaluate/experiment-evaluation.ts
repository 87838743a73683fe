/**
 * What an experiment found, as one record: `pipeline/experiment/evaluate.ts` fills it, reports draw it. JSON throughout,
 * stored as `evaluation/evaluation.json`.
 */
import type { RunRecord } from '../core/run-record.ts';
import type { BlandAltman, Regression } from './agreement.ts';
import type { BootstrapInterval } from './bootstrap.ts';
import type { CalibrationBin } from './calibration-error.ts';
import type { Histogram2d } from './histogram2d.ts';
import type { LaplaceQuality } from './laplace-quality.ts';
import type { RefinementTest } from './roi-refinement.ts';
import type { Sparsification } from './sparsification.ts';

export interface ExperimentEvaluation {
  readonly schemaVersion: 1;
  readonly rhomap: string;
  readonly participants: readonly EvaluatedParticipant[];
  readonly nFolds: number;
  /** How networks were trained: the options' names and values. */
  readonly trainingOptions: Readonly<Record<string, unknown>>;
  /** In the order of Table 2. */
  readonly methods: readonly MethodEvaluation[];
  /** Lower bound of any predictor's RMRE against the target, where the data set knows it (virtual cohorts), percent. */
  readonly floor?: PercentSummary & { readonly standardError: number };
}

export interface EvaluatedParticipant {
  readonly id: string;
  readonly sex?: string;
  readonly ageYears?: number;
  readonly stage: string;
}

/** Over slices, as the paper's Table 2 has them; percent. */
export interface PercentSummary {
  readonly mean: number;
  readonly standardDeviation: number;
}

export interface RmreEvaluation extends PercentSummary {
  readonly byFold: readonly PercentSummary[];
  /** Of the mean, drawing patients. */
  readonly interval: BootstrapInterval;
}

export interface MethodEvaluation {
  /** `coarse`, `lbru` … */
  readonly method: string;
  readonly title: string;
  readonly target: RmreEvaluation;
  /** Virtual patients only. */
  readonly truth?: RmreEvaluation;
  /** Pixels of all regions: prediction against target, ms. */
  readonly blandAltman: BlandAltman;
  readonly regression: Regression;
  /** Counts of pixels by target (x) and prediction (y), ms. */
  readonly scatter: Histogram2d;
  /** Counts by mean of both (x) and prediction − target (y), ms. */
  readonly differences: Histogram2d;
  readonly slices: readonly SliceEvaluation[];
  readonly uncertainty?: UncertaintyEvaluation;
  /** One per fold; empty for a method that does not learn. */
  readonly training: readonly TrainingEvaluation[];
}

/** One slice of one test patient. */
export interface SliceEvaluation {
  readonly id: string;
  readonly patient: string;
  /** Counted from 0. */
  readonly fold: number;
  readonly nPixels: number;
  readonly targetPercent: number;
  readonly truthPercent?: number;
  /** Mean absolute pixel error against the target. */
  readonly errorMs: number;
  /** Mean u = √2·σ. */
  readonly uncertaintyMs?: number;
}

export interface UncertaintyEvaluation {
  readonly uce: {
    /** The paper's: u = √2·σ against the mean pixel error, ms. Primary. */
    readonly std: number;
    /** σ against the mean pixel error, ms: 0 for a perfect Laplace. */
    readonly scale: number;
    /** u against the difference of the regions' means (eq. 9 as printed), ms. */
    readonly stdMeanDifference: number;
    /** Laves' variance against squared error, ms². */
    readonly variance: number;
    /** What `std` gets on as many slices if the uncertainty were perfectly calibrated, ms. */
    readonly perfect: { readonly mean: number; readonly standardDeviation: number };
  };
  readonly reliability: readonly CalibrationBin[];
  /** Of relative errors (fractions). */
  readonly sparsification: { readonly pooled: Sparsification; readonly perSlice: Sparsification };
  /** AUSE over that of random removal, and what a perfect Laplace σ of the same spread would reach. */
  readonly ause: { readonly relative: number; readonly perfect: number };
  readonly pixels: LaplaceQuality;
  readonly refinement: RefinementTest & {
    /** By fold. */
    readonly thresholdsMs: readonly number[];
    /** Mean share of a region's pixels that stay. */
    readonly keptShare: number;
  };
}

export interface TrainingEvaluation {
  /** Counted from 0. */
  readonly fold: number;
  readonly bestStep: number;
  readonly bestScore: number;
  readonly nSteps: number;
  readonly ended: string;
  readonly seconds: number;
  /** What ran the steps. */
  readonly provider: string;
  readonly modelSha256: string;
  /** Absent in results of versions that did not record it. */
  readonly ran?: RunRecord;
  /** Loss and validation score over the steps, thinned out. */
  readonly curve: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  readonly validation?: number;
}

/** Maps of a slice that figures show; arrays `[row, column]` in ms. */
export interface ExampleSlice {
  readonly id: string;
  /** By which rule it was chosen, e.g. `median RMRE of LBRU`. */
  readonly rule: string;
  readonly nRows: number;
  readonly nColumns: number;
  /** Spacing of the columns; absent where it is not known. */
  readonly pixelMm?: number;
  readonly roi: Uint8Array;
  readonly images: { readonly short: Float32Array; readonly long: Float32Array };
  readonly targetMs: Float32Array;
  readonly truthMs?: Float32Array;
  /** By method name. */
  readonly mapsMs: ReadonlyMap<string, Float32Array>;
  /** Laplace scale by method name. */
  readonly scalesMs: ReadonlyMap<string, Float32Array>;
  /** Of the example's fold: pixels with u above it are removed from the region, ms. */
  readonly thresholdMs?: number;
}
