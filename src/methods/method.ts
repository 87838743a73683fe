/**
 * A row of the paper's Table 2 behind one small interface: what it is called, how it learns if it does, and what it
 * predicts from the planes of a slice.
 */
import type { Session } from '../core/session.ts';
import type { Loss } from '../network/losses.ts';
import type { InputChannel, InputPlanes } from '../training/planes.ts';

export type MethodName = 'coarse' | 'bm3d' | 'lbr' | 'lbru' | 'lbmc' | 'lbudr' | 'lbri';

/** Planes `[row, column]` in ms. */
export interface Prediction {
  readonly mapMs: Float32Array;
  /** Scale σ of the Laplace distribution of the error, where the method gives one; the paper's uncertainty is √2·σ. */
  readonly scaleMs?: Float32Array;
}

/** A method that needs no training. */
export interface FixedMethod {
  readonly name: MethodName;
  readonly title: string;
  predict(planes: InputPlanes, nRows: number, nColumns: number): Prediction;
}

/** How the scale of equation 5 is learned; see `lossPhases`. */
export type ScaleTraining = 'plain' | 'warm-up' | 'beta';

export interface LossOptions {
  readonly scale: ScaleTraining;
  /** Pixels are weighted by the batch's map `weight`. */
  readonly weighted: boolean;
}

export interface LossPhase {
  readonly loss: Loss;
  /** Share of all steps at which the phase ends. */
  readonly untilShare: number;
}

/** A network that is trained. */
export interface LearnedMethod {
  readonly name: MethodName;
  readonly title: string;
  readonly inputs: readonly InputChannel[];
  /** 1: the map. 2: the map and S, the logarithm of the scale. */
  readonly outputChannels: 1 | 2;
  /** Finished networks of the same fold that its training needs. */
  readonly needs: readonly MethodName[];
  /** Losses in order, each up to a share of all steps. */
  losses(options: LossOptions): readonly LossPhase[];
}

export type Method = FixedMethod | LearnedMethod;

export const isLearned = (method: Method): method is LearnedMethod => 'losses' in method;

/** A trained network, ready to predict. */
export interface TrainedModel {
  readonly session: Session;
  readonly inputs: readonly InputChannel[];
  readonly output: 'map' | 'correction';
}
