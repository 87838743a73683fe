/** The thread behind `fit-pool.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createVoxelMaps, fitVoxels, voxelMapsBetween } from '../../fit/fit-voxels.ts';
import { createFitPlan } from '../../fit/plan.ts';
import { type FitStretch, type FitWorkerData, STRETCH, stretchBuffers } from './fit-stretch.ts';

const { tslMs, options, nVoxels, maps: memory } = workerData as FitWorkerData;
const plan = createFitPlan(tslMs, options);
const maps = createVoxelMaps(nVoxels, plan.nParameters, memory);

parentPort!.on('message', (stretch: FitStretch) => {
  const { signal, mask, begin, count } = stretch;
  const range = { signal, nVoxels: STRETCH, begin: 0, end: count, mask };
  fitVoxels(plan, range, voxelMapsBetween(maps, begin, begin + count));
  parentPort!.postMessage(stretch, stretchBuffers(stretch));
});
