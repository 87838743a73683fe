/**
 * The slices of every step, augmented and fitted. What step `n` shows depends on the seed and `n` alone, so a run that is
 * killed and resumed sees the same slices as one that was not, and nothing but the step number needs to be saved.
 */
import { DataError } from '../core/errors.ts';
import { createRandom, type Random } from '../core/random.ts';
import { type AugmentationRange, createImageMover, drawMove } from './augment.ts';
import { type ContrastSlice, createPlaneFitter, type PlaneOptions, type SlicePlanes } from './planes.ts';

export interface PlaneStreamOptions extends Omit<PlaneOptions, 'tslMs'> {
  readonly batchSize: number;
  /** `null`: slices as they are. */
  readonly augmentation: AugmentationRange | null;
  readonly seed: number;
}

/** Gives the planes of a step, counted from 0. A runtime may compute them in another thread. */
export interface PlaneStream {
  planes(step: number): Promise<readonly SlicePlanes[]>;
  close(): Promise<void>;
}

/** Makes a stream of slices that all have one size and one list of times. */
export type CreatePlaneStream = (
  slices: readonly ContrastSlice[],
  options: PlaneStreamOptions,
) => PlaneStream;

/**
 * A stream that computes where it is called.
 * @throws DataError `training/no-slices` for an empty list, `training/grid` for slices of different size or times.
 */
export const createPlaneStream: CreatePlaneStream = (slices, options) => {
  const first = assertAlike(slices);
  const fitter = createPlaneFitter({ ...options, tslMs: first.tslMs }, first.nRows * first.nColumns);
  const move = createImageMover(first.tslMs.length, first.nRows, first.nColumns);
  const order = createShuffledOrder(slices.length, createRandom(options.seed).fork('order'));
  const moves = createRandom(options.seed).fork('augmentation');

  return {
    async planes(step) {
      return Array.from({ length: options.batchSize }, (_, i) => {
        const position = step * options.batchSize + i;
        const slice = slices[order(position)]!;
        const contrasts = options.augmentation
          ? move(slice.contrasts, drawMove(options.augmentation, moves.fork(position)))
          : slice.contrasts;
        return fitter.planes(contrasts);
      });
    },
    close: async () => {},
  };
};

/** @throws DataError */
export function assertAlike(slices: readonly ContrastSlice[]): ContrastSlice {
  const first = slices[0];
  if (!first)
    throw new DataError(
      'training/no-slices',
      'There is no slice to train on; give a data set with patients.',
    );
  const other = slices.find(
    (s) => s.nRows !== first.nRows || s.nColumns !== first.nColumns || s.tslMs.join() !== first.tslMs.join(),
  );
  if (other)
    throw new DataError(
      'training/grid',
      `Slice ${other.sliceIndex + 1} of ${other.patientId} has ${other.nColumns}×${other.nRows} pixels at TSL ${other.tslMs.join(', ')} ms, the first slice ${first.nColumns}×${first.nRows} at ${first.tslMs.join(', ')} ms; all must agree.`,
    );
  return first;
}

/** Index of the slice at each position of an endless stream that shows every slice once per epoch. */
function createShuffledOrder(n: number, random: Random): (position: number) => number {
  let [epoch, permutation]: [number, number[]] = [-1, []];
  return (position) => {
    const wanted = Math.floor(position / n);
    if (wanted !== epoch) {
      const stream = random.fork(wanted);
      permutation = Array.from({ length: n }, (_, i) => ({ i, key: stream.uniform() }))
        .sort((a, b) => a.key - b.key)
        .map(({ i }) => i);
      epoch = wanted;
    }
    return permutation[position % n]!;
  };
}
