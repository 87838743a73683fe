import { describe, expect, it } from 'vitest';
import { METHODS } from '../src/methods/index.ts';
import type { LearnedMethod, TrainedModel } from '../src/methods/method.ts';
import { predictSlice } from '../src/methods/predict.ts';
import { type NetworkTask, trainNetwork } from '../src/pipeline/experiment/train-network.ts';
import {
  TRAINING_PRESETS,
  type TrainingOptionsInput,
  trainingOptionsSchema,
} from '../src/pipeline/experiment/training-options.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { createPlaneFitter, msFromScaled } from '../src/training/planes.ts';
import type { CheckpointStore, StepRecord } from '../src/training/train.ts';
import { syntheticSlices } from './support/slices.ts';

const SIZE = 32;
const provider = nodeSessionProvider();
const train = syntheticSlices(8, SIZE, 1);
const validation = syntheticSlices(3, SIZE, 2);

const task = (name: 'lbr' | 'lbru' | 'lbmc' | 'lbudr', options: TrainingOptionsInput = {}): NetworkTask => ({
  method: METHODS[name] as LearnedMethod,
  options: trainingOptionsSchema.parse({
    ...TRAINING_PRESETS.tiny,
    threads: 1,
    maxShiftPixels: 3,
    ...options,
  }),
  provider,
  train,
  validation,
});

const modelOf = async (t: NetworkTask, bytes: Uint8Array): Promise<TrainedModel> => ({
  session: await provider.createSession(bytes),
  inputs: t.method.inputs,
  output: t.options.predicts,
});

/** Mean |map − target| over the validation regions, ms: of a model, or of the coarse map. */
async function regionError(t: NetworkTask, model?: TrainedModel): Promise<number> {
  let [sum, n] = [0, 0];
  for (const slice of validation) {
    const planes = createPlaneFitter({ ...t.options, tslMs: slice.tslMs }, SIZE * SIZE).planes(
      slice.contrasts,
    );
    const map = model
      ? (await predictSlice(model, planes, SIZE, SIZE)).mapMs
      : planes.coarse.map(msFromScaled);
    map.forEach((ms, p) => {
      if (slice.roi[p] === 0) return;
      sum += Math.abs(ms - msFromScaled(planes.target[p]!));
      n++;
    });
  }
  return sum / n;
}

/** A store that remembers, and pretends that the process dies after some saves. */
function fragileStore(diesAfter: number): CheckpointStore & { revive(): void } {
  let saved: Uint8Array | undefined;
  let left = diesAfter;
  return {
    name: 'checkpoint',
    load: async () => saved,
    save: async (bytes) => {
      saved = bytes.slice();
      if (--left === 0) throw new Error('killed');
    },
    revive: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

describe('trainNetwork', () => {
  it('learns to refine: closer to the target than the coarse map', async () => {
    const t = task('lbr', { steps: 240, validateEvery: 40, learningRate: 3e-3 });
    const { model, result } = await trainNetwork(t);
    const trained = await modelOf(t, model);
    expect(await regionError(t, trained)).toBeLessThan(0.95 * (await regionError(t)));
    expect(result.bestStep).toBeGreaterThan(0);
    await trained.session.close();
  }, 120_000);

  it('killed and resumed, ends with the same bytes as undisturbed, warm-up included', async () => {
    const options = { scale: 'warm-up', steps: 30, validateEvery: 6 } as const;
    const undisturbed = await trainNetwork(task('lbru', options));
    for (const diesAfter of [1, 2, 4]) {
      const checkpoints = fragileStore(diesAfter);
      const steps: number[] = [];
      const onStep = (record: StepRecord): void => {
        steps.push(record.step);
      };
      await expect(trainNetwork({ ...task('lbru', options), checkpoints, onStep })).rejects.toThrow('killed');
      checkpoints.revive();
      const resumed = await trainNetwork({ ...task('lbru', options), checkpoints, onStep });
      expect(Buffer.from(resumed.model).equals(Buffer.from(undisturbed.model))).toBe(true);
      expect(steps).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    }
  }, 120_000);

  it('gives LBRU a positive scale, and LBUDR weights from it', async () => {
    const lbruTask = task('lbru');
    const lbru = await modelOf(lbruTask, (await trainNetwork(lbruTask)).model);
    const slice = validation[0]!;
    const planes = createPlaneFitter({ ...lbruTask.options, tslMs: slice.tslMs }, SIZE * SIZE).planes(
      slice.contrasts,
    );
    const { scaleMs } = await predictSlice(lbru, planes, SIZE, SIZE);
    expect(Math.min(...scaleMs!)).toBeGreaterThan(0);
    await expect(trainNetwork(task('lbudr'))).rejects.toThrow(/needs a finished LBRU/);
    const { result } = await trainNetwork({ ...task('lbudr'), lbru });
    expect(result.nSteps).toBe(20);
    await lbru.session.close();
  }, 120_000);
});
