/** One process of `memory.ts`: fits a series in memory. Arguments: slices, threads. */
import { IDENTITY_AFFINE } from '../src/core/affine.ts';
import { createSpinLockSeries } from '../src/core/volume.ts';
import { fitSeriesOnThreads } from '../src/runtime/node/fit-pool.ts';
import { noisySignal, PLANE, TSL_MS } from './memory.ts';

const [nSlices, nWorkers] = process.argv.slice(2, 4).map(Number) as [number, number];
const grid = { nColumns: PLANE, nRows: PLANE, nSlices, affine: IDENTITY_AFFINE };
const series = createSpinLockSeries(grid, TSL_MS, noisySignal(nSlices));
const { status } = await fitSeriesOnThreads(series, {}, { nWorkers, minVoxels: 0 });
if (status.every((code) => code !== 0)) throw new Error('Nothing was fitted.');
