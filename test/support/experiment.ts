/**
 * A finished experiment that never ran: predictions, logs and example slices with errors like the paper's, drawn from a
 * seed, and evaluated by the real code.
 */
import type { FileStore } from '../../src/core/file-store.ts';
import { writeJson } from '../../src/core/file-store.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { encodeExample } from '../../src/evaluate/example-file.ts';
import type { ExampleSlice, ExperimentEvaluation } from '../../src/evaluate/experiment-evaluation.ts';
import { gatherRoiPixels, type RoiSlice } from '../../src/evaluate/roi-pixels.ts';
import { METHOD_NAMES } from '../../src/methods/index.ts';
import type { MethodName } from '../../src/methods/method.ts';
import { evaluateExperiment } from '../../src/pipeline/experiment/evaluate.ts';
import { encodeRoiPixels } from '../../src/pipeline/experiment/roi-file.ts';
import { trainingOptionsSchema } from '../../src/pipeline/experiment/training-options.ts';

export function memoryStore(): FileStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    read: async (path) => files.get(path),
    write: async (path, bytes) => void files.set(path, bytes),
    appendLine: async (path, line) => {
      const before = new TextDecoder().decode(files.get(path));
      files.set(path, new TextEncoder().encode(`${before}${line}\n`));
    },
    remove: async (path) => void files.delete(path),
  };
}

/** Mean relative errors to aim at, percent: the paper's, and LBRI's between. */
const PERCENT: Readonly<Record<MethodName, number>> = {
  ...{ coarse: 4.88, bm3d: 4.82, lbr: 2.71, lbru: 2.8, lbmc: 4.28, lbudr: 2.62, lbri: 2.5 },
};
const BIAS_MS: Partial<Record<MethodName, number>> = { coarse: 0.9, bm3d: 0.9, lbmc: -0.6 };
const WITH_SCALE: readonly MethodName[] = ['lbru', 'lbri'];
const STAGES = ['F0', 'F0', 'F1', 'F2'];
const N_FOLDS = 3;

interface SyntheticOptions {
  readonly nPatients?: number;
  readonly slicesPerPatient?: number;
  readonly pixelsPerSlice?: number;
  readonly methods?: readonly MethodName[];
}

/** An experiment's folder with everything that a report reads. */
export async function syntheticExperiment(
  options: SyntheticOptions = {},
): Promise<ReturnType<typeof memoryStore>> {
  const { nPatients = 51, methods = METHOD_NAMES } = options;
  const store = memoryStore();
  const ids = Array.from({ length: nPatients }, (_, i) => `sub-${String(i + 1).padStart(3, '0')}`);
  const random = createRandom('synthetic experiment');
  const participants = ids.map((id, i) => ({
    id,
    stage: STAGES[i % 4]!,
    sex: i % 2 === 0 ? 'F' : 'M',
    ageYears: Math.round(57 + 10 * random.fork(id).normal()),
  }));
  await writeJson(store, 'experiment.json', {
    schemaVersion: 1,
    options: {
      methods,
      nFolds: N_FOLDS,
      nValidation: 4,
      foldSeed: 1,
      training: trainingOptionsSchema.parse({}),
    },
    participants,
    floorPercents: [],
  });
  for (let fold = 0; fold < N_FOLDS; fold++)
    for (const method of methods) {
      const test = ids.filter((_, i) => i % N_FOLDS === fold);
      const validation = ids.filter((_, i) => i % N_FOLDS === (fold + 1) % N_FOLDS).slice(0, 4);
      const folder = `fold-${fold + 1}/${method}`;
      const rois = (patients: readonly string[]): Uint8Array =>
        encodeRoiPixels(gatherRoiPixels(patients.flatMap((id) => roiSlices(id, method, options))));
      await store.write(`${folder}/predictions/test.rois`, rois(test));
      await store.write(`${folder}/predictions/validation.rois`, rois(validation));
      await writeTraining(store, folder, method, random.fork(folder));
    }
  const evaluation: ExperimentEvaluation = {
    ...(await evaluateExperiment(store)),
    floor: { mean: 2.45, standardDeviation: 1.02, standardError: 0.01 },
  };
  await writeJson(store, 'evaluation/evaluation.json', evaluation);
  const slices = evaluation.methods.at(-1)!.slices;
  for (const [i, name] of ['lower-quartile', 'median', 'upper-quartile'].entries()) {
    const { id, fold } = slices[Math.floor(((i + 1) / 4) * slices.length)]!;
    const example = exampleSlice(id, `${name} RMRE of LBRU`, fold, methods);
    await store.write(`evaluation/examples/${name}.arrays`, encodeExample(example));
  }
  return store;
}

/** Slices of a patient: the same truth, target and difficulty for all methods. */
function roiSlices(patient: string, method: MethodName, options: SyntheticOptions): RoiSlice[] {
  const { slicesPerPatient = 3, pixelsPerSlice = 300 } = options;
  return Array.from({ length: slicesPerPatient }, (_, s) => {
    const id = `${patient} slice ${s + 1}`;
    const shared = createRandom(id);
    const difficulty = Math.exp(0.35 * shared.normal());
    const liverMs = 43 + 3 * shared.normal();
    const truthMs = new Float32Array(pixelsPerSlice).map(() => liverMs + 3 * shared.normal());
    const targetMs = truthMs.map((truth) => truth + 2.2 * difficulty * shared.normal());
    const hardness = truthMs.map(() => difficulty * Math.exp(0.5 * shared.normal()));
    const own = shared.fork(method);
    // What no scale foresees: some slices are better or worse as a whole.
    const luck = Math.exp(0.25 * shared.normal());
    const sigmaMs = hardness.map((h) => scaleMs(method, h));
    const predictedMs = targetMs.map(
      (target, p) => target + (BIAS_MS[method] ?? 0) + laplace(own, luck * sigmaMs[p]!),
    );
    return {
      ...{ id, patient, roi: new Uint8Array(pixelsPerSlice).fill(1), predictedMs, targetMs, truthMs },
      ...(WITH_SCALE.includes(method) && { sigmaMs: sigmaMs.map((sigma) => 0.75 * sigma) }),
    };
  });
}

/** The mean of `hardness` is about 1.2. */
const scaleMs = (method: MethodName, hardness: number): number => (0.43 * PERCENT[method] * hardness) / 1.25;

const laplace = (random: Random, scale: number): number => {
  const u = random.uniform() - 0.5;
  return -scale * Math.sign(u) * Math.log1p(-2 * Math.abs(u));
};

async function writeTraining(
  store: FileStore,
  folder: string,
  method: MethodName,
  random: Random,
): Promise<void> {
  const config = { schemaVersion: 1, method };
  if (method === 'coarse' || method === 'bm3d') return writeJson(store, `${folder}/result.json`, { config });
  const [nSteps, every] = [6000, 250];
  let best = { step: 0, score: Number.POSITIVE_INFINITY };
  const lines: string[] = [];
  for (let step = 1; step <= nSteps; step += 10) {
    const level = 0.05 + 0.1 * Math.exp(-step / 900);
    const isValidated = step > 1 && (step - 1) % every === 0;
    const validation = 0.8 * level * (1 + 0.04 * random.normal());
    if (isValidated && validation < best.score) best = { step, score: validation };
    const record = {
      step,
      loss: level * (1 + 0.2 * Math.abs(random.normal())),
      ...(isValidated && { validation }),
    };
    lines.push(JSON.stringify(record));
  }
  await store.write(`${folder}/log.jsonl`, new TextEncoder().encode(lines.join('\n')));
  const training = {
    ...{ bestStep: best.step, bestScore: best.score, nSteps, ended: 'all-steps', seconds: 2700 },
    ...{ provider: 'onnxruntime-node 1.30.0 cpu', modelSha256: folder.replace(/\W/g, '').padEnd(64, '0') },
  };
  // One of them is of a version that did not record on what it ran.
  const ran = { endedAt: '2026-03-01T12:00:00.000Z', processor: 'Test CPU', nCores: 2, system: 'linux' };
  const result = { config, training: folder === 'fold-1/lbr' ? training : { ...training, ran } };
  await writeJson(store, `${folder}/result.json`, result);
}

/** A round abdomen with a liver whose lower part is harder; the region is a disc. */
function exampleSlice(id: string, rule: string, fold: number, methods: readonly MethodName[]): ExampleSlice {
  const size = 128;
  const random = createRandom(`example ${id}`);
  const plane = (valueAt: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: size * size }, (_, p) =>
      valueAt((p % size) / size - 0.5, Math.floor(p / size) / size - 0.5),
    );
  const inBody = (x: number, y: number): boolean => Math.hypot(x, 1.2 * y) < 0.45;
  const inLiver = (x: number, y: number): boolean => Math.hypot(x + 0.15, y) < 0.23;
  const truthMs = plane((x, y) =>
    inLiver(x, y) ? 43 + 4 * Math.sin(9 * x) * Math.cos(7 * y) : inBody(x, y) ? 60 : 25,
  );
  const hardness = plane((_, y) => Math.exp(2.5 * y));
  const targetMs = truthMs.map((t) => t + 1.5 * random.normal());
  const scaleOf = (method: MethodName): Float32Array => hardness.map((h) => scaleMs(method, h));
  return {
    ...{ id, rule, nRows: size, nColumns: size, truthMs, targetMs, thresholdMs: 1.3 + 0.1 * fold },
    // One example is of a version that did not store the size of its pixels.
    ...(!rule.startsWith('upper') && { pixelMm: 3 }),
    roi: Uint8Array.from(plane((x, y) => (Math.hypot(x + 0.17, y) < 0.14 ? 1 : 0))),
    images: {
      short: plane((x, y) => (inBody(x, y) ? (inLiver(x, y) ? 700 : 450) : 5) + 20 * random.normal()),
      long: plane((x, y) => (inBody(x, y) ? 200 : 5) + 20 * random.normal()),
    },
    mapsMs: new Map(
      methods.map((method) => {
        const scales = scaleOf(method);
        return [method, targetMs.map((t, p) => t + (BIAS_MS[method] ?? 0) + laplace(random, scales[p]!))];
      }),
    ),
    scalesMs: new Map(
      methods.filter((m) => WITH_SCALE.includes(m)).map((m) => [m, scaleOf(m).map((s) => 0.75 * s)]),
    ),
  };
}
