/** The thread behind `fit-pool.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { createVoxelMaps, fitVoxels } from '../../fit/fit-voxels.ts';
import { createFitPlan } from '../../fit/plan.ts';
import { type FitStretch, type FitWorkerData, STRETCH, stretchBuffers } from './fit-stretch.ts';

const { tslMs, options } = workerData as FitWorkerData;
const plan = createFitPlan(tslMs, options);

parentPort!.on('message', (stretch: FitStretch) => {
  const { signal, mask, count } = stretch;
  const maps = createVoxelMaps(STRETCH, plan.nParameters, stretch.maps);
  fitVoxels(plan, { signal, nVoxels: STRETCH, begin: 0, end: count, mask }, maps);
  parentPort!.postMessage(stretch, stretchBuffers(stretch));
});
