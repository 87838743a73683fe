import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { OBLIQUE_GRID as grid, writeSpinLockSeries } from '../../test/support/spin-lock-dicom.ts';
import { voxelCount } from '../core/grid.ts';
import type { ParametricMap } from '../core/volume.ts';
import { createWarningSink } from '../core/warnings.ts';
import { scanDicom } from '../io/dicom/load.ts';
import { maskFromDicom } from '../io/dicom/regions/regions.ts';
import { readSourceStudy } from '../io/dicom/results/study.ts';
import { reportRegions } from '../roi/region-report.ts';
import { mapDicomFiles } from './map-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-map-dicom-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a refined map goes out with its uncertainty, and its regions as drawn and as refined', async () => {
  const warnings = createWarningSink();
  const paths = writeSpinLockSeries(folder);
  const read = async (path: string): Promise<Uint8Array> => readFileSync(path);
  const { candidates } = await scanDicom(
    paths.map((name) => ({ name, read: () => read(name) })),
    warnings,
  );
  const n = voxelCount(grid);
  const map = (name: string, value: (voxel: number) => number): ParametricMap => ({
    ...{ grid, name, unit: 'ms', status: new Uint8Array(n) },
    values: Float32Array.from({ length: n }, (_, voxel) => value(voxel)),
  });
  const t1rho = map('T1rho', (voxel) => 40 + (voxel % 9));
  const uncertainty = map('uncertainty', (voxel) => (voxel % 4 === 0 ? 5 : 1));
  const mask = { grid, labels: Uint16Array.from({ length: n }, (_, voxel) => (voxel % 20 < 8 ? 1 : 0)) };
  const rule = { kind: 'threshold', thresholdMs: 3, from: 'user' } as const;
  const regions = reportRegions({ t1rho, uncertainty, mask, rule }, warnings);
  const files = await mapDicomFiles({
    result: { t1rho, uncertainty, usedTslMs: [0, 50] },
    model: { name: 'test', info: { cutoffMs: [25, 65], method: { name: 'lbru' } } } as never,
    study: await readSourceStudy(candidates[0]!, read),
    pictures: [],
    regions: { mask, ...regions },
  });
  expect(files.map(({ path }) => basename(path))).toEqual([
    ...['T1rho.dcm', 'T1rho_uncertainty.dcm', 'roi-drawn.dcm', 'roi-refined.dcm', 'measurements.dcm'],
  ]);
  for (const { path, bytes } of files) {
    const file = join(folder, basename(path));
    writeFileSync(file, bytes);
    const { stdout, stderr } = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
    expect(
      `${stdout}${stderr}`.split('\n').filter((line) => /^(Error|Abort)/.test(line)),
      path,
    ).toEqual([]);
  }
  const refined = maskFromDicom(files[3]!.bytes, 'refined', grid, warnings);
  expect(refined.labels).toEqual(mask.labels.map((label, voxel) => (voxel % 4 === 0 ? 0 : label)));
  const report = spawnSync('dsrdump', [join(folder, 'measurements.dcm')], { encoding: 'latin1' }).stdout;
  expect(report).toContain('"Uncertainty above which voxels were removed")="3" (ms');
  expect(report).toContain('"Share of the voxels that were removed")="25" (%');
  expect(report.match(/"Measurement Group"/g)).toHaveLength(2);
});
