/** The quick ways of a batch against the plain ones, bit for bit: trainings must go on as they began. */
import { expect, it } from 'vitest';
import { syntheticSlices } from '../../test/support/slices.ts';
import { createRandom } from '../core/random.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { createVoxelMaps, fitVoxels } from '../fit/fit-voxels.ts';
import { resolveFitOptions } from '../fit/options.ts';
import { createFitPlan } from '../fit/plan.ts';
import { createImageMover, drawMove, PAPER_AUGMENTATION, type RigidMove } from './augment.ts';
import { airLevel, brightSignal, createPlaneFitter, scaledFromMs } from './planes.ts';

const size = 64;
const nPixels = size * size;
const cutoffMs = [25, 65] as const;
const slices = syntheticSlices(3, size, 1).map((slice, s) => ({
  ...slice,
  // Air that is noise, not 0.
  contrasts: slice.contrasts.map((v, i) => (v === 0 && i % 3 === s ? 20 + (i % 7) : v)),
}));

function plainMove(image: Float32Array, { angleRadians, shiftColumns, shiftRows }: RigidMove): Float32Array {
  const [cos, sin, centre] = [Math.cos(angleRadians), Math.sin(angleRadians), (size - 1) / 2];
  return image.map((_, p) => {
    const [y, x] = [Math.floor(p / size) - centre - shiftRows, (p % size) - centre - shiftColumns];
    const [row, column] = [centre + cos * y - sin * x, centre + sin * y + cos * x];
    const [r, c] = [Math.floor(row), Math.floor(column)];
    const [fr, fc] = [row - r, column - c];
    const at = (i: number, j: number): number =>
      i < 0 || j < 0 || i >= size || j >= size ? 0 : image[i * size + j]!;
    return (
      (1 - fr) * ((1 - fc) * at(r, c) + fc * at(r, c + 1)) +
      fr * ((1 - fc) * at(r + 1, c) + fc * at(r + 1, c + 1))
    );
  });
}

it('moves all contrasts as a plain bilinear formula does, call after call', () => {
  const move = createImageMover(4, size, size);
  const random = createRandom(5);
  for (const { contrasts } of slices) {
    const drawn = drawMove(PAPER_AUGMENTATION, random);
    const plain = [0, 1, 2, 3].flatMap((t) => [
      ...plainMove(contrasts.subarray(t * nPixels, (t + 1) * nPixels), drawn),
    ]);
    expect(move(contrasts, drawn)).toEqual(Float32Array.from(plain));
  }
});

it('fits what is not air as a fit of every pixel does', () => {
  const options = resolveFitOptions({ cutoffMs });
  const fitter = createPlaneFitter({ tslMs: [0, 10, 30, 50], coarseTslMs: [0, 50], cutoffMs }, nPixels);
  for (const { contrasts } of slices) {
    const noiseFloor = airLevel(brightSignal(contrasts.subarray(0, nPixels)));
    const plan = { ...createFitPlan([0, 10, 30, 50], options), options: { ...options, noiseFloor } };
    const maps = createVoxelMaps(nPixels, 2);
    fitVoxels(plan, { signal: contrasts, nVoxels: nPixels, begin: 0, end: nPixels }, maps);
    const filled = fillForTraining({ values: maps.timeMs, status: maps.status }, cutoffMs);
    const planes = fitter.planes(contrasts);
    expect(planes.target).toEqual(filled.map(scaledFromMs));
    expect(planes.targetCut).toEqual(maps.status.map((s) => (s === VOXEL_STATUS.ok ? 0 : 1)));
    expect(new Set(maps.status).size).toBeGreaterThan(2);
  }
});
