import { afterAll, describe, expect, it } from 'vitest';
import { type Lowering, STANDARD } from '../src/graph/lowering/lower.ts';
import { probeBlock } from '../src/graph/lowering/probe.ts';
import { adam } from '../src/network/adam.ts';
import { exportInferenceModel } from '../src/network/export.ts';
import { fixedScaleLoss, l1Loss, laplaceLoss } from '../src/network/losses.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { createTrainer, type Trainer } from '../src/training/trainer.ts';
import { isFull, sizeTag } from './support/size.ts';
import { type LossName, relativeError, type TorchFixture, torchFixture } from './support/torch-fixture.ts';

/**
 * The U-Net against float64 PyTorch: the gradient may be as far from it as PyTorch's own float32 is, twice over, or
 * where that is less, by float32's rounding through a network of this depth.
 */
const ROUNDING = 2e-6;
const LARGEST_ERROR = 5e-4;
/** Of the loss before each step. */
const LOSS_ERROR = 1e-5;

const provider = nodeSessionProvider();
const block = await probeBlock(provider);
const lowerings: Lowering[] = [STANDARD, ...(block === null ? [] : [{ kind: 'blocked', block } as const])];
const LOSSES = { l1: l1Loss(), laplace: laplaceLoss(), 'fixed-scale': fixedScaleLoss() };

const open: Trainer[] = [];
afterAll(() => Promise.all(open.map((trainer) => trainer.close())));

async function trainerOf(fixture: TorchFixture, loss: LossName, lowering: Lowering): Promise<Trainer> {
  const { unet: network, theta, learningRate } = fixture;
  const trainer = await createTrainer({
    ...{
      provider,
      network,
      lowering,
      loss: LOSSES[loss],
      optimiser: adam({ learningRate }),
      seed: 1,
      threads: 2,
    },
  });
  open.push(trainer);
  const zeros = new Float32Array(theta.length);
  trainer.restore({ ...trainer.state(), step: 0, theta, m: zeros, v: zeros });
  return trainer;
}

const names = ['small', 'odd', 'deep', 'clear', ...(isFull ? ['full'] : [])];
const cases = names.flatMap((name) =>
  (Object.keys(torchFixture(name).losses) as LossName[]).flatMap((loss) =>
    lowerings.map((lowering) => ({ name, loss, kind: lowering.kind, lowering })),
  ),
);

describe(`the training step against PyTorch ${sizeTag(names.length, 'networks')}`, () => {
  it.each(cases)('$name, $loss, $kind', async ({ name, loss, lowering }) => {
    const fixture = torchFixture(name);
    const truth = fixture.losses[loss]!;
    const trainer = await trainerOf(fixture, loss, lowering);
    expect(fixture.unet.parameters.map(({ name, shape }) => ({ name, shape }))).toEqual(fixture.parameters);
    const maps = Object.fromEntries(LOSSES[loss].maps.map((map) => [map, fixture.maps[map as 'target']]));
    const batch = { image: fixture.image, maps, size: fixture.size };

    const losses = [await trainer.step(batch)];
    // Adam's first moment started at zero, so after one step it is a tenth of the gradient.
    const gradient = trainer.state().m.map((m) => m / (1 - adam().beta1));
    const error = relativeError(gradient, truth.gradient);
    const torchError = truth.gradient.relativeErrorOfFloat32;
    expect(error).toBeLessThan(Math.min(LARGEST_ERROR, Math.max(2 * torchError, ROUNDING)));
    expect(relativeError(trainer.state().statistics, fixture.statistics)).toBeLessThan(1e-6);

    while (losses.length < truth.float64.length) losses.push(await trainer.step(batch));
    losses.forEach((value, step) => {
      expect(Math.abs(value - truth.float64[step]!), `step ${step + 1}`).toBeLessThan(LOSS_ERROR);
    });
  });

  it.each(names)('inference with running statistics, %s', async (name) => {
    const fixture = torchFixture(name);
    const [loss] = Object.keys(fixture.losses) as LossName[];
    const trainer = await trainerOf(fixture, loss!, STANDARD);
    const maps = Object.fromEntries(LOSSES[loss!].maps.map((map) => [map, fixture.maps[map as 'target']]));
    await trainer.step({ image: fixture.image, maps, size: fixture.size });
    // The statistics of the first forward pass with the weights that made them.
    const { statistics } = trainer.state();
    const model = exportInferenceModel(fixture.unet, { theta: fixture.theta, statistics });
    const session = await provider.createSession(model);
    const { n, h, w } = fixture.size;
    const dims = [n, fixture.unet.inputChannels, h, w];
    const { output } = await session.run({ image: { type: 'float32', dims, data: fixture.image } });
    await session.close();
    expect(relativeError(output!.data as Float32Array, fixture.inference)).toBeLessThan(1e-5);
  });
});
