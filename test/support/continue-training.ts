/** A new process for `src/training/trainer.test.ts`: restores a checkpoint, makes steps 4 to 6 and writes another. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRandom } from '../../src/core/random.ts';
import { adam } from '../../src/network/adam.ts';
import { laplaceLoss } from '../../src/network/losses.ts';
import { createUnet } from '../../src/network/unet.ts';
import { nodeSessionProvider } from '../../src/runtime/node/session.ts';
import { createTrainer } from '../../src/training/trainer.ts';

const [before, after] = process.argv.slice(2);
const trainer = await createTrainer({
  provider: nodeSessionProvider({ threads: 2 }),
  network: createUnet({ outputChannels: 2, widths: [16, 32] }),
  loss: laplaceLoss(),
  optimiser: adam({ learningRate: (step) => 1e-2 / step, clipNorm: 1 }),
  seed: 'another seed',
});
trainer.restore(readFileSync(before!));
for (let i = 3; i < 6; i++) {
  const random = createRandom(i);
  const image = Float32Array.from({ length: 512 }, () => random.normal());
  const target = image.map((x, k) => 0.5 * x + 0.25 * (image[k - 1] ?? 0) + 0.25 * (image[k + 1] ?? 0));
  await trainer.step({ image, maps: { target }, size: { n: 2, h: 16, w: 16 } });
}
writeFileSync(after!, trainer.stateBytes());
await trainer.close();
