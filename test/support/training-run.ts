/** A training that two processes can make the same steps of: see `continue-training.ts`. */
import { createRandom } from '../../src/core/random.ts';
import { adam } from '../../src/network/adam.ts';
import { laplaceLoss } from '../../src/network/losses.ts';
import { createUnet } from '../../src/network/unet.ts';
import { nodeSessionProvider } from '../../src/runtime/node/session.ts';
import { type Batch, createTrainer, type Trainer } from '../../src/training/trainer.ts';

/** A small network, and the one that speeds are quoted for at its full size. */
export const RUNS = {
  small: { widths: [16, 32], n: 2, side: 16 },
  reference: { widths: [16, 32, 64, 128, 256], n: 4, side: 256 },
} as const;

export type RunName = keyof typeof RUNS;

export const trainerOf = (name: RunName, seed: number | string): Promise<Trainer> =>
  createTrainer({
    provider: nodeSessionProvider({ threads: 2 }),
    network: createUnet({ outputChannels: 2, widths: RUNS[name].widths }),
    loss: laplaceLoss(),
    optimiser: adam({ learningRate: (step) => 1e-2 / step, clipNorm: 1 }),
    seed,
  });

/** An image of noise, whose target is a blurred copy. */
export function noiseBatch(seed: number, n: number, side: number): Batch {
  const random = createRandom(seed);
  const image = Float32Array.from({ length: n * side * side }, () => random.normal());
  const target = image.map((x, i) => 0.5 * x + 0.25 * (image[i - 1] ?? 0) + 0.25 * (image[i + 1] ?? 0));
  return { image, maps: { target }, size: { n, h: side, w: side } };
}

/** Makes the steps of batches `from` to `to` − 1, and returns the losses. */
export async function makeSteps(
  trainer: Trainer,
  from: number,
  to: number,
  name: RunName = 'small',
): Promise<number[]> {
  const { n, side } = RUNS[name];
  const losses = [];
  for (let i = from; i < to; i++) losses.push(await trainer.step(noiseBatch(i, n, side)));
  return losses;
}
