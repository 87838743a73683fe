/** A small training, the same on every runtime: what it gives in a browser is compared with what it gives in Node. */
import { createRandom } from '../../src/core/random.ts';
import type { SessionProvider } from '../../src/core/session.ts';
import { adam } from '../../src/network/adam.ts';
import { exportInferenceModel } from '../../src/network/export.ts';
import { laplaceLoss } from '../../src/network/losses.ts';
import { createUnet } from '../../src/network/unet.ts';
import { createTrainer } from '../../src/training/trainer.ts';

export interface TrainingResult {
  readonly provider: string;
  readonly log: readonly string[];
  readonly losses: readonly number[];
  /** The trained network as a file, and what it gives here for the first image. */
  readonly model: readonly number[];
  readonly output: readonly number[];
}

const SIZE = { n: 2, h: 32, w: 32 } as const;
const STEPS = 20;

function images(): Float32Array {
  const random = createRandom('browser test');
  return Float32Array.from({ length: SIZE.n * SIZE.h * SIZE.w }, () => random.normal());
}

/** Learns to smooth noise. */
export async function train(provider: SessionProvider): Promise<TrainingResult> {
  const random = createRandom('browser test');
  const pixels = SIZE.n * SIZE.h * SIZE.w;
  const image = Float32Array.from({ length: pixels }, () => random.normal());
  const target = image.map(
    (value, i) => (value + image[(i + 1) % pixels]! + image[(i + SIZE.w) % pixels]!) / 3,
  );
  const network = createUnet({ outputChannels: 2, widths: [16, 32] });
  const log: string[] = [];
  const trainer = await createTrainer({
    ...{ provider, network, loss: laplaceLoss(), optimiser: adam({ learningRate: 3e-3 }), seed: 7 },
    log: (line) => log.push(line),
  });
  const losses: number[] = [];
  while (losses.length < STEPS) losses.push(await trainer.step({ image, maps: { target }, size: SIZE }));

  const model = exportInferenceModel(network, trainer.state());
  await trainer.close();
  return {
    provider: provider.description,
    log,
    losses,
    model: [...model],
    output: await infer(provider, model),
  };
}

/** Map, then log σ, of the first image. */
export async function infer(provider: SessionProvider, model: Uint8Array): Promise<number[]> {
  const session = await provider.createSession(model);
  const data = images().slice(0, SIZE.h * SIZE.w);
  const { output } = await session.run({ image: { type: 'float32', dims: [1, 1, SIZE.h, SIZE.w], data } });
  await session.close();
  return [...(output!.data as Float32Array)];
}
