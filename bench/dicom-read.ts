/**
 * Milliseconds a file to sort 1,000 uncompressed DICOM files (256×256, 16 bit, 250 slices × 4 times) from a warm disk and
 * to decode them into one series; beside it, in the same run, pydicom where Python has it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWarningSink } from '../src/core/warnings.ts';
import { loadSeries, scanDicom } from '../src/io/dicom/load.ts';
import { elements, mrImage, part10 } from '../test/dicom-builder.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';

const N_SLICES = 250;
const TSL_MS = [0, 10, 30, 50];
const SIZE = 256;

const PYDICOM = `
import sys, time, pydicom
from pydicom.pixel_data_handlers.util import apply_modality_lut
from pathlib import Path
names = sorted(Path(sys.argv[1]).iterdir())
best = 1e9
for _ in range(3):
    start = time.perf_counter()
    for name in names:
        ds = pydicom.dcmread(name)
        apply_modality_lut(ds.pixel_array, ds).astype('f4')
    best = min(best, time.perf_counter() - start)
print(best * 1000 / len(names))
`;

export async function run({ rounds }: BenchOptions): Promise<BenchRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-bench-'));
  try {
    const names = writeFiles(folder);
    const sources = names.map((name) => ({ name, read: () => readFile(join(folder, name)) }));
    const scanMs: number[] = [];
    const loadMs: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      const { candidates } = await scanDicom(sources, createWarningSink());
      const scanned = performance.now();
      await loadSeries(candidates[0]!, TSL_MS, (name) => readFile(join(folder, name)));
      scanMs.push((scanned - start) / names.length);
      loadMs.push((performance.now() - scanned) / names.length);
    }
    return {
      nFiles: names.length,
      firstScanMsPerFile: round(scanMs[0]!, 3),
      scanMsPerFile: round(median(scanMs), 3),
      decodeMsPerFile: round(median(loadMs), 3),
      totalMsPerFile: round(median(scanMs) + median(loadMs), 3),
      pydicomMsPerFile: pydicomMs(folder),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeFiles(folder: string): string[] {
  const pixels = new Uint8Array(SIZE * SIZE * 2).map((_, i) => (i % 2 ? (i >> 8) % 16 : i & 255));
  const names: string[] = [];
  for (let slice = 0; slice < N_SLICES; slice++)
    for (let time = 0; time < TSL_MS.length; time++) {
      const n = names.length + 1;
      const image = mrImage(
        [0x0008_0018, 'UI', `1.2.3.4.${n}`],
        [0x0020_0013, 'IS', `${n}`],
        [0x0020_0032, 'DS', `0\\0\\${slice * 2}`],
        [0x0020_0100, 'IS', `${time + 1}`],
        [0x0028_0010, 'US', SIZE],
        [0x0028_0011, 'US', SIZE],
        [0x0028_1052, 'DS', '0'],
        [0x0028_1053, 'DS', '1.5'],
        [0x7fe0_0010, 'OW', pixels],
      );
      const name = `${n}.dcm`;
      writeFileSync(join(folder, name), part10(elements(image)));
      names.push(name);
    }
  return names;
}

function pydicomMs(folder: string): number | null {
  const { stdout, status } = spawnSync('/usr/bin/python3', ['-c', PYDICOM, folder], { encoding: 'utf8' });
  return status === 0 ? round(Number(stdout), 3) : null;
}
