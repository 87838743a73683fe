/**
 * Batches of augmented slices. What step `n` sees depends on the seed and `n` alone, so a run that is killed and resumed
 * sees the same batches as one that was not, and nothing but the step number needs to be saved.
 */
import { DataError } from '../core/errors.ts';
import { createRandom, type Random } from '../core/random.ts';
import { type AugmentationRange, drawMove, moveImage } from './augment.ts';
import {
  type ContrastSlice,
  createPlaneFitter,
  type InputChannel,
  type PlaneOptions,
  type SlicePlanes,
} from './planes.ts';
import type { Batch } from './trainer.ts';

/** Whether a network's first output is the map, or what must be added to the coarse map. */
export type OutputMode = 'map' | 'correction';

export interface BatchOptions extends Omit<PlaneOptions, 'tslMs'> {
  readonly inputs: readonly InputChannel[];
  readonly output: OutputMode;
  readonly batchSize: number;
  /** `null`: slices as they are. */
  readonly augmentation: AugmentationRange | null;
  readonly seed: number;
  /** More maps that the loss asks for, from the planes of the batch's slices (`logScale` of equation 6). */
  readonly extraMaps?: (planes: readonly SlicePlanes[]) => Promise<Record<string, Float32Array>>;
}

export interface BatchSource {
  /** The batch of a step, counted from 0. */
  batch(step: number): Promise<Batch>;
}

/**
 * @throws DataError `training/no-slices` for an empty list, `training/grid` for slices of different size or times.
 */
export function createBatchSource(slices: readonly ContrastSlice[], options: BatchOptions): BatchSource {
  const first = assertAlike(slices);
  const nPixels = first.nRows * first.nColumns;
  const fitter = createPlaneFitter({ ...options, tslMs: first.tslMs }, nPixels);
  const order = createShuffledOrder(slices.length, createRandom(options.seed).fork('order'));
  const moves = createRandom(options.seed).fork('augmentation');

  return {
    async batch(step) {
      const planes: SlicePlanes[] = [];
      for (let i = 0; i < options.batchSize; i++) {
        const position = step * options.batchSize + i;
        const slice = slices[order(position)]!;
        const contrasts = options.augmentation
          ? augmented(slice, options.augmentation, moves.fork(position))
          : slice.contrasts;
        planes.push(fitter.planes(contrasts));
      }
      const size = { n: options.batchSize, h: first.nRows, w: first.nColumns };
      const maps = { target: targetMap(planes, options.output), ...(await options.extraMaps?.(planes)) };
      return { image: stackInputs(planes, options.inputs), maps, size };
    },
  };
}

function assertAlike(slices: readonly ContrastSlice[]): ContrastSlice {
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

/** The contrasts of a slice, all moved alike. */
function augmented(slice: ContrastSlice, range: AugmentationRange, random: Random): Float32Array {
  const { nRows, nColumns, contrasts } = slice;
  const move = drawMove(range, random);
  const nPixels = nRows * nColumns;
  const moved = new Float32Array(contrasts.length);
  for (let from = 0; from < contrasts.length; from += nPixels)
    moveImage(
      contrasts.subarray(from, from + nPixels),
      nRows,
      nColumns,
      move,
      moved.subarray(from, from + nPixels),
    );
  return moved;
}

/** A network's input `[n, channel, row, column]`. */
export function stackInputs(planes: readonly SlicePlanes[], inputs: readonly InputChannel[]): Float32Array {
  const nPixels = planes[0]!.coarse.length;
  const stacked = new Float32Array(planes.length * inputs.length * nPixels);
  planes.forEach((plane, n) => {
    inputs.forEach((channel, c) => {
      stacked.set(plane[channel], (n * inputs.length + c) * nPixels);
    });
  });
  return stacked;
}

/** What the first output should be, `[n, 1, row, column]`. */
export function targetMap(planes: readonly SlicePlanes[], output: OutputMode): Float32Array {
  const nPixels = planes[0]!.coarse.length;
  const target = new Float32Array(planes.length * nPixels);
  planes.forEach((plane, n) => {
    target.set(plane.target, n * nPixels);
    if (output === 'correction')
      for (let p = 0; p < nPixels; p++) target[n * nPixels + p]! -= plane.coarse[p]!;
  });
  return target;
}
