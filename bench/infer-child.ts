/** One process of `infer.ts`: maps one 256² slice again and again. Arguments: threads, repeats. */

import { createRandom } from '../src/core/random.ts';
import { exportInferenceModel, IMAGE_INPUT } from '../src/network/export.ts';
import { startingParameters, startingStatistics } from '../src/network/network.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { median } from './benchmark.ts';
import { arbitrary, network, SIZE } from './reference-work.ts';
import { sgemmGflops } from './sgemm.ts';

const [threads, repeats] = process.argv.slice(2, 4).map(Number) as [number, number];
const theta = startingParameters(network, createRandom(1));
const model = exportInferenceModel(network, { theta, statistics: startingStatistics(network) });
const provider = nodeSessionProvider();
const start = performance.now();
const session = await provider.createSession(model, { threads });
const createdMs = performance.now() - start;
const dims = [1, network.inputChannels, SIZE.h, SIZE.w];
const image = { type: 'float32', dims, data: arbitrary(SIZE.h * SIZE.w) } as const;

const times: number[] = [];
for (let i = 0; i <= repeats; i++) {
  const begin = performance.now();
  await session.run({ [IMAGE_INPUT]: image });
  times.push(performance.now() - begin);
}
const peakMb = process.resourceUsage().maxRSS / 1024;
await session.close();
console.log(
  JSON.stringify({
    msPerSlice: median(times.slice(1)),
    bestMs: Math.min(...times.slice(1)),
    peakMb,
    createdMs,
    modelMb: model.length / 2 ** 20,
    sgemmGflops: await sgemmGflops(provider, threads),
  }),
);
