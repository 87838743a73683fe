/**
 * What the batches of a training cost: preparing one of four 256² slices with four spin-lock times (moved, and fitted
 * twice) on one core; and the training throughput with batches prepared in their thread, as part of that on one batch
 * that never changes. Slices of a virtual patient.
 */

import { builtInPreset } from '../src/cohort/preset.ts';
import { createCohortSimulator } from '../src/cohort/simulate-patient.ts';
import { imageAt } from '../src/core/volume.ts';
import { adam } from '../src/network/adam.ts';
import { laplaceLoss } from '../src/network/losses.ts';
import { threadPlaneStream } from '../src/runtime/node/plane-thread.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { PAPER_AUGMENTATION } from '../src/training/augment.ts';
import { type BatchSource, createBatchSource } from '../src/training/batches.ts';
import { createPlaneStream, type PlaneStreamOptions } from '../src/training/plane-stream.ts';
import type { ContrastSlice } from '../src/training/planes.ts';
import { createTrainer, type Trainer } from '../src/training/trainer.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';
import { network, SIZE } from './reference-work.ts';

const BATCHES = 15;
const STEPS = 6;

const STREAM: PlaneStreamOptions = {
  batchSize: SIZE.n,
  augmentation: PAPER_AUGMENTATION,
  seed: 1,
  coarseTslMs: [0, 50],
  cutoffMs: [25, 65],
};

export async function run({ threads, rounds }: BenchOptions): Promise<BenchRecord> {
  const slices = virtualSlices();
  const preparing = await prepare(slices, rounds);
  const { constantMs, preparedMs } = await throughput(slices, threads, rounds);
  return {
    msPerBatch: round(median(preparing)),
    bestMsPerBatch: round(Math.min(...preparing)),
    threads,
    msPerStepOnConstantBatch: round(constantMs),
    msPerStepOnPreparedBatches: round(preparedMs),
    percentOfConstantThroughput: round((100 * constantMs) / preparedMs),
  };
}

function virtualSlices(): ContrastSlice[] {
  const parameters = builtInPreset('paper');
  const { series, roi } = createCohortSimulator({ parameters, nPatients: 1, seed: 1 }).simulate(0);
  const { nRows, nColumns, nSlices } = series.grid;
  const nPixels = nRows * nColumns;
  return Array.from({ length: nSlices }, (_, sliceIndex) => {
    const slice = [sliceIndex * nPixels, (sliceIndex + 1) * nPixels] as const;
    const contrasts = new Float32Array(series.tslMs.length * nPixels);
    series.tslMs.forEach((_, t) => {
      contrasts.set(imageAt(series, t).subarray(...slice), t * nPixels);
    });
    const inside = Uint8Array.from(roi.labels.subarray(...slice), (label) => (label > 0 ? 1 : 0));
    return { patientId: 'sub-1', sliceIndex, nRows, nColumns, tslMs: series.tslMs, contrasts, roi: inside };
  });
}

/** Milliseconds of every batch but the first ones, in which the compiler warms up. */
async function prepare(slices: readonly ContrastSlice[], rounds: number): Promise<number[]> {
  const stream = createPlaneStream(slices, STREAM);
  const times: number[] = [];
  for (let step = 0; step < rounds * BATCHES; step++) {
    const begin = performance.now();
    await stream.planes(step);
    times.push(performance.now() - begin);
  }
  return times.slice(BATCHES >> 1);
}

/** Medians of both ways, in turn, so that a busy machine slows both. */
async function throughput(
  slices: readonly ContrastSlice[],
  threads: number,
  rounds: number,
): Promise<{ constantMs: number; preparedMs: number }> {
  const stream = threadPlaneStream(slices, STREAM);
  const prepared = createBatchSource(stream, {
    inputs: ['coarse'],
    output: 'map',
    lossOver: 'image',
    nRows: SIZE.h,
    nColumns: SIZE.w,
  });
  const always = await prepared.batch(0);
  const constant: BatchSource = { batch: async () => always };
  const provider = nodeSessionProvider();
  const trainer = await createTrainer({
    ...{ provider, network, loss: laplaceLoss(), optimiser: adam(), seed: 1, threads },
  });
  const [constantMs, preparedMs]: [number[], number[]] = [[], []];
  await stepTimes(trainer, constant);
  for (let r = 0; r < rounds; r++) {
    constantMs.push(...(await stepTimes(trainer, constant)));
    preparedMs.push(...(await stepTimes(trainer, prepared)));
  }
  await trainer.close();
  await stream.close();
  return { constantMs: median(constantMs), preparedMs: median(preparedMs) };
}

/** The loop of a training: the next batch is asked for while the step computes. */
async function stepTimes(trainer: Trainer, batches: BatchSource): Promise<number[]> {
  const times: number[] = [];
  let next = batches.batch(trainer.stepCount());
  for (let i = 0; i < STEPS; i++) {
    const begin = performance.now();
    const batch = await next;
    const stepping = trainer.step(batch);
    next = batches.batch(trainer.stepCount() + 1);
    await stepping;
    times.push(performance.now() - begin);
  }
  await next;
  return times;
}
