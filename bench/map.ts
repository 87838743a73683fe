/**
 * The way from two 256² images to map, uncertainty and checks, slice by slice, by the paper's network, in one warm process;
 * and `rhomap map` on three slices with all its files, each time in a new process.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createRandom } from '../src/core/random.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../src/core/volume.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { METHODS } from '../src/methods/index.ts';
import type { LearnedMethod } from '../src/methods/method.ts';
import { modelMetadata } from '../src/methods/model-info.ts';
import { exportInferenceModel } from '../src/network/export.ts';
import { startingParameters, startingStatistics } from '../src/network/network.ts';
import { createUnet } from '../src/network/unet.ts';
import { mapSeries } from '../src/pipeline/map.ts';
import { openMappingModel } from '../src/pipeline/mapping-model.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { fitInputRanges } from '../src/uncertainty/input-checks.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';

const SIZE = 256;
const N_SLICES = 3;

export async function run({ rounds }: BenchOptions): Promise<BenchRecord> {
  const random = createRandom('bench map');
  const grid = {
    ...{ nColumns: SIZE, nRows: SIZE, nSlices: N_SLICES },
    affine: [-1.5, 0, 0, 191, 0, -1.5, 0, 191, 0, 0, 7, 0, 0, 0, 0, 1],
  };
  const n = SIZE * SIZE * N_SLICES;
  const signal = Float32Array.from({ length: 2 * n }, (_, i) => {
    const p = i % (SIZE * SIZE);
    const [x, y] = [(p % SIZE) / SIZE - 0.5, Math.floor(p / SIZE) / SIZE - 0.5];
    if (Math.hypot(x, 1.3 * y) > 0.42) return 0;
    return 800 * Math.exp(-(i < n ? 0 : 50) / (43 + 9 * Math.sin(20 * x))) + 25 * random.normal();
  });
  const series = createSpinLockSeries(grid, [0, 50], signal);
  const method = METHODS.lbru as LearnedMethod;
  const network = createUnet({ outputChannels: 2, headGain: 0.01, headBias: [0, -3] });
  const trained = {
    theta: startingParameters(network, createRandom('bench map')),
    statistics: startingStatistics(network),
  };
  const metadata = modelMetadata({
    ...{ method, inputs: method.inputs, output: 'correction', coarseTslMs: [0, 50], cutoffMs: [25, 65] },
    ...{ imageSize: SIZE, pixelMm: 1.5, training: null },
  });
  const file = exportInferenceModel(network, trained, { metadata });
  const bare = await openMappingModel(file, 'bench', nodeSessionProvider({ threads: 1 }));
  // Ranges make the checks run; what they say does not matter here.
  const features = { bodyRatio: 1, bodyCutShare: 0, bodyNoise: 0, shiftPixels: 0 };
  const calibration = { recalibration: { kind: 'none' }, inputs: fitInputRanges([[features]]) };
  const checked = { ...bare, calibration: calibration as unknown as NonNullable<typeof bare.calibration> };
  /** Time of the clock, and of the processor, which other programs do not disturb as much. */
  const time = async (model: typeof bare): Promise<{ wallMs: number; cpuMs: number }> => {
    await mapSeries(series, model);
    const [walls, cpus]: [number[], number[]] = [[], []];
    for (let i = 0; i < 3 * rounds; i++) {
      const [begin, before] = [performance.now(), process.cpuUsage()];
      await mapSeries(series, model);
      walls.push((performance.now() - begin) / N_SLICES);
      const { user, system } = process.cpuUsage(before);
      cpus.push((user + system) / 1000 / N_SLICES);
    }
    return { wallMs: median(walls), cpuMs: median(cpus) };
  };
  const [plain, withChecks] = [await time(bare), await time(checked)];
  await bare.close();
  return {
    msPerSlice: round(plain.wallMs),
    cpuMsPerSlice: round(plain.cpuMs),
    msPerSliceWithChecks: round(withChecks.wallMs),
    cpuMsPerSliceWithChecks: round(withChecks.cpuMs),
    ...coldRun(series, file, 2 * rounds),
    threads: 1,
    modelMb: round(file.length / 1e6, 2),
  };
}

/** Tells how much time of the processor a process took, as its last line. */
const CPU_HOOK =
  'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("\\n"+(user+system))})';

/** `rhomap map` from the start of a process to its end: reading, mapping, regions, files, pictures. */
function coldRun(series: SpinLockSeries, model: Uint8Array, times: number): BenchRecord {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-bench-'));
  const at = (name: string): string => join(folder, name);
  const { grid, signal } = series;
  const labels = Uint8Array.from({ length: SIZE * SIZE * N_SLICES }, (_, i) => {
    const p = i % (SIZE * SIZE);
    return Math.hypot((p % SIZE) - 100, Math.floor(p / SIZE) - 120) < 20 ? 1 : 0;
  });
  writeFileSync(at('scan.nii.gz'), writeNifti({ grid, values: signal, nVolumes: 2 }));
  writeFileSync(at('roi.nii.gz'), writeNifti({ grid, values: labels }));
  writeFileSync(at('model.onnx'), model);
  const main = resolve(import.meta.dirname, '../src/cli/main.ts');
  const inputs = [at('scan.nii.gz'), '--tsl', '0,50', '--roi', at('roi.nii.gz'), '--model', at('model.onnx')];
  const [walls, cpus]: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    const command = ['--import', CPU_HOOK, main, 'map', ...inputs, '--threads', '1', '-o', at(`out${i}`)];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    walls.push((performance.now() - begin) / 1000);
    cpus.push(Number(stderr.split('\n').at(-1)) / 1e6);
  }
  const { results } = JSON.parse(readFileSync(at('out0/summary.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  return {
    coldSeconds: round(median(walls), 2),
    coldCpuSeconds: round(median(cpus), 2),
    coldRegionMeanMs: round(results.regions.at(-1).before.mean, 2),
  };
}
