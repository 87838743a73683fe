/**
 * What two images lose against four: the same noisy decay, fitted from TSL 0 and 50 ms, and from all four times.
 * Run it in a clone with `node --conditions=rhomap-source examples/02-two-against-four-images.ts`.
 */
import { createRandom, createSpinLockSeries, fitSeries, summarise } from 'rhomap';

const t1rhoMs = 43;
const tslMs = [0, 10, 30, 50];
const snr = 30;
const grid = {
  nColumns: 100,
  nRows: 100,
  nSlices: 1,
  affine: [1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
};
const random = createRandom(1);

const signal = Float32Array.from({ length: 4 * 10_000 }, (_, i) => {
  const tsl = tslMs[Math.floor(i / 10_000)]!;
  return snr * Math.exp(-tsl / t1rhoMs) + random.normal();
});
const two = Float32Array.from([...signal.subarray(0, 10_000), ...signal.subarray(30_000)]);

for (const [name, times, data] of [
  ['TSL 0, 50', [0, 50], two],
  ['TSL 0, 10, 30, 50', tslMs, signal],
] as const) {
  const { time } = fitSeries(createSpinLockSeries(grid, times, data), { cutoffMs: null });
  const { mean, standardDeviation } = summarise([...time.values]);
  console.log(`${name}: ${mean.toFixed(2)} ± ${standardDeviation.toFixed(2)} ms (true ${t1rhoMs})`);
}
