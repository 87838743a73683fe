/**
 * The most memory that fits of large series hold (256×256 pixels, four times): in a library call, and in `rhomap fit`
 * from one uncompressed NIfTI file to its folder of maps and pictures. Each in a process of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY_AFFINE } from '../src/core/affine.ts';
import { createRandom } from '../src/core/random.ts';
import { bytesPerVoxel } from '../src/fit/fit-voxels.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import type { BenchOptions, BenchRecord } from './benchmark.ts';
import { race } from './rivals.ts';

export const PLANE = 256;
export const TSL_MS: readonly number[] = [0, 10, 30, 50];
const SLICES = [60, 120];
const MB = 2 ** 20;

/** One slice of noisy decays (SNR 50, T1rho 27–63 ms), again and again: memory does not depend on what is in it. */
export function noisySignal(nSlices: number): Float32Array {
  const random = createRandom('bench memory');
  const size = PLANE * PLANE;
  const timesMs = Float64Array.from({ length: size }, () => 27 + 36 * random.uniform());
  const signal = new Float32Array(TSL_MS.length * nSlices * size);
  TSL_MS.forEach((tsl, t) => {
    const slice = Float32Array.from(timesMs, (ms) => 500 * Math.exp(-tsl / ms) + 10 * random.normal());
    for (let k = 0; k < nSlices; k++) signal.set(slice, (t * nSlices + k) * size);
  });
  return signal;
}

export function run({ threads }: BenchOptions): BenchRecord {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-bench-'));
  try {
    return {
      library: SLICES.flatMap((n) => [...new Set([1, threads])].map((t) => measureLibrary(n, t))),
      command: SLICES.map((n) => measureCommand(n, folder)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureLibrary(nSlices: number, threads: number): BenchRecord {
  return {
    threads,
    ...row(nSlices, peakOf([join(import.meta.dirname, 'memory-child.ts'), nSlices, threads])),
  };
}

function measureCommand(nSlices: number, folder: string): BenchRecord {
  const file = join(folder, `${nSlices}.nii`);
  const grid = { nColumns: PLANE, nRows: PLANE, nSlices, affine: IDENTITY_AFFINE };
  const image = { grid, values: noisySignal(nSlices), nVolumes: TSL_MS.length };
  writeFileSync(file, writeNifti(image, { gzip: false }));
  const program = join(import.meta.dirname, '../src/cli/main.ts');
  const peakMb = peakOf([program, 'fit', file, '--tsl', TSL_MS.join(), '-o', `${file}.maps`, '--quiet']);
  rmSync(file);
  rmSync(`${file}.maps`, { recursive: true });
  return row(nSlices, peakMb);
}

function peakOf(args: readonly (string | number)[]): number {
  const command = [
    process.execPath,
    '--import',
    join(import.meta.dirname, 'report-peak.ts'),
    ...args.map(String),
  ];
  return race<{ peakMb: number }>([{ name: args.slice(1, 4).join(' '), command }], 1)
    .values()
    .next().value![0]!.peakMb;
}

/** `restMb`: what is held beside the images and the maps. */
function row(nSlices: number, peakMb: number): BenchRecord {
  const nVoxels = nSlices * PLANE * PLANE;
  const imagesMb = (4 * TSL_MS.length * nVoxels) / MB;
  const mapsMb = (bytesPerVoxel(2) * nVoxels) / MB;
  return {
    slices: nSlices,
    imagesMb: Math.round(imagesMb),
    mapsMb: Math.round(mapsMb),
    peakMb: Math.round(peakMb),
    restMb: Math.round(peakMb - imagesMb - mapsMb),
  };
}
