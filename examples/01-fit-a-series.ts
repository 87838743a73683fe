/**
 * From files to a map: find the series, read it, fit it, and look at a region.
 * Run it in a clone with `node --conditions=rhomap-source examples/01-fit-a-series.ts`.
 */
import {
  chooseCandidate,
  createWarningSink,
  fitSeries,
  maskFromNifti,
  readNifti,
  roiStatistics,
  takeInventory,
} from 'rhomap';
import { findSources } from 'rhomap/node';

const folder = new URL('data/relaxometry-t2/', import.meta.url).pathname;
const warnings = createWarningSink();

const inventory = await takeInventory(await findSources([`${folder}t2.nii.gz`]), warnings);
const series = await chooseCandidate(inventory).load({ tslFrom: 'echo-time' });
console.log(`${series.tslMs.length} echoes from ${series.tslMs[0]} to ${series.tslMs.at(-1)} ms`);

const fit = fitSeries(series, { parameter: 't2' });

const [maskSource] = await findSources([`${folder}t2_mask.nii.gz`]);
const mask = maskFromNifti(readNifti(await maskSource!.read(), maskSource!.name, warnings), {
  grid: series.grid,
});
const brain = roiStatistics(fit.time, mask).find((row) => row.slice === undefined)!;
console.log(`median T2 ${brain.median.toFixed(1)} ms in ${brain.nValues} voxels`);

for (const { code, where, message } of warnings.warnings) console.log(`${code}: ${where}: ${message}`);
