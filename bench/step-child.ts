/** One process of `step.ts`: trains the reference work for a few steps. Arguments: threads, steps, lowering or `auto`. */
import { STANDARD } from '../src/graph/lowering/lower.ts';
import { adam } from '../src/network/adam.ts';
import { laplaceLoss } from '../src/network/losses.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { createTrainer } from '../src/training/trainer.ts';
import { median } from './benchmark.ts';
import { arbitrary, network, SIZE } from './reference-work.ts';
import { sgemmGflops } from './sgemm.ts';

const [threads, steps] = process.argv.slice(2, 4).map(Number) as [number, number];
const standard = process.argv[4] === 'standard';
const provider = nodeSessionProvider();
const start = performance.now();
const trainer = await createTrainer({
  provider,
  network,
  loss: laplaceLoss(),
  optimiser: adam(),
  seed: 1,
  threads,
  ...(standard ? { lowering: STANDARD } : {}),
});
const createdMs = performance.now() - start;
const pixels = SIZE.n * SIZE.h * SIZE.w;
const batch = { image: arbitrary(pixels), maps: { target: arbitrary(pixels) }, size: SIZE };

const times: number[] = [];
const cpuTimes: number[] = [];
for (let i = 0; i <= steps; i++) {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await trainer.step(batch);
  times.push(performance.now() - begin);
  const { user, system } = process.cpuUsage(cpu);
  cpuTimes.push((user + system) / 1e3);
}
const peakMb = process.resourceUsage().maxRSS / 1024;
await trainer.close();
const msPerStep = median(times.slice(1));
console.log(
  JSON.stringify({
    msPerStep,
    bestMs: Math.min(...times.slice(1)),
    cpuMsPerStep: median(cpuTimes.slice(1)),
    // The first step also builds the session.
    createdMs: createdMs + times[0]! - msPerStep,
    peakMb,
    lowering: trainer.lowering.kind,
    sgemmGflops: await sgemmGflops(provider, threads),
  }),
);
