/** One patient after the other in one process takes no more memory than the first few: 40 here, 1,000 with RHOMAP_FULL=1. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/cli.ts';
import { smallModel } from './support/model.ts';
import { writeMask, writeSeries } from './support/series.ts';

const N_PATIENTS = process.env['RHOMAP_FULL'] ? 1000 : 40;
/** Allocators keep some of what they freed. A session that is not closed costs more than 1 MB a patient. */
const MOST_GROWTH_MB = 25;

it('maps many patients at constant memory', { timeout: 1_200_000 }, () => {
  const folder = temporaryFolder();
  writeSeries(join(folder, 'scan.nii.gz'), [0, 50]);
  writeMask(join(folder, 'mask.nii.gz'));
  writeFileSync(join(folder, 'model.onnx'), smallModel());
  const script = join(import.meta.dirname, 'support/map-many.ts');
  const args = ['--expose-gc', script, folder, String(N_PATIENTS)];
  const rssMb = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as number[];
  expect(rssMb.length).toBe(N_PATIENTS);
  const settled = Math.max(...rssMb.slice(N_PATIENTS / 4, N_PATIENTS / 2));
  expect(Math.max(...rssMb.slice(-N_PATIENTS / 4))).toBeLessThan(settled + MOST_GROWTH_MB);
});
