/**
 * Time and quality of BM3D on the nine noisy reference images: PSNR beside that of an independent implementation, and
 * milliseconds for 256×256 pixels on one core, by the wall clock and of processor time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { denoiseBm3d } from '../src/denoise/bm3d.ts';
import { type BenchRecord, median } from './benchmark.ts';

const data = join(import.meta.dirname, '../test/data/bm3d');

interface ReferenceRow {
  readonly image: string;
  readonly sigma: number;
  readonly wienerDb: number;
}

export async function run(): Promise<BenchRecord> {
  const reference = JSON.parse(readFileSync(join(data, 'reference.json'), 'utf8')) as {
    rows: ReferenceRow[];
  };
  measure(reference.rows[0]!); // Lets the compiler warm up; a command that denoises one map pays this once.
  const rows = reference.rows.map(measure);
  return {
    rows,
    medianMs: median(rows.map((row) => row.ms)),
    // On a busy machine the wall clock counts other people's work too.
    medianCpuMs: median(rows.map((row) => row.cpuMs)),
    worstDifferenceDb: Math.min(...rows.map((row) => row.differenceDb)),
  };
}

function measure({ image, sigma, wienerDb }: ReferenceRow) {
  const clean = readFileSync(join(data, `${image}.u8`));
  const bytes = readFileSync(join(data, `${image}-sigma${sigma}.f32`));
  const noisy = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  const { values } = denoiseBm3d(noisy, 256, 256, { sigma, valueRange: 255 });
  const ms = Math.round(performance.now() - start);
  const cpu = process.cpuUsage(cpuStart);
  const squared = values.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0);
  const psnrDb = 10 * Math.log10((255 ** 2 * values.length) / squared);
  return {
    image,
    sigma,
    psnrDb: round(psnrDb),
    referenceDb: wienerDb,
    differenceDb: round(psnrDb - wienerDb),
    ms,
    cpuMs: Math.round((cpu.user + cpu.system) / 1000),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
