import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters } from '../../cohort/preset.ts';
import type { CohortOptions } from '../../cohort/simulate-patient.ts';
import { jsonFile } from '../../core/summary.ts';
import { simulateCohort } from '../../pipeline/simulate.ts';
import { openCohortFolder } from './cohort-folder.ts';
import { startCohortWorkers } from './cohort-workers.ts';

const options: CohortOptions = {
  seed: 5,
  nPatients: 2,
  parameters: changeParameters(builtInPreset('paper'), {
    grid: { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
  }),
};
const identity = jsonFile('simulation.json', options);
const root = await mkdtemp(join(tmpdir(), 'rhomap-cohort-'));
afterAll(() => rm(root, { recursive: true }));

/** Simulates into a folder; `stopAt` patients made, the next one fails. */
async function run(path: string, nWorkers: number, stopAt = Number.POSITIVE_INFINITY): Promise<number> {
  const folder = await openCohortFolder(path, identity);
  const workers = startCohortWorkers(nWorkers);
  let made = 0;
  try {
    await simulateCohort(options, {
      make: async (index) => {
        if (made >= stopAt) throw new Error('power cut');
        made++;
        return await workers.make(options, index, { floorDraws: 0, dicom: true });
      },
      nWorkers,
      find: folder.find,
      store: folder.store,
      finish: folder.write,
      onProgress: () => {},
    });
  } finally {
    await workers.close();
  }
  return made;
}

async function contents(path: string): Promise<Record<string, string>> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  const hashes: Record<string, string> = {};
  for (const file of files) {
    if (!file.isFile()) continue;
    const full = join(file.parentPath, file.name);
    hashes[full.slice(path.length)] = createHash('sha256')
      .update(await readFile(full))
      .digest('hex');
  }
  return hashes;
}

describe('cohort folder', () => {
  it('holds the same bytes from one worker, from two, and from a run that was stopped and went on', async () => {
    const [one, two, stopped] = ['one', 'two', 'stopped'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    expect(await run(one, 1)).toBe(2);
    await run(two, 2);
    await expect(run(stopped, 1, 1)).rejects.toThrow('power cut');
    expect((await readdir(stopped)).sort()).toEqual([
      '.partial',
      'derivatives',
      'dicom',
      'simulation.json',
      'sub-001',
    ]);
    expect(await run(stopped, 1)).toBe(1);
    const expected = await contents(one);
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(await contents(two)).toEqual(expected);
    expect(await contents(stopped)).toEqual(expected);
  });

  it('refuses a folder with another cohort or with something else, and leaves it alone', async () => {
    const path = join(root, 'other');
    await openCohortFolder(path, jsonFile('simulation.json', { seed: 6 }));
    await expect(openCohortFolder(path, identity)).rejects.toMatchObject({ code: 'output/other-cohort' });
    const mine = await mkdtemp(join(root, 'mine-'));
    await writeFile(join(mine, 'thesis.tex'), 'x');
    await expect(openCohortFolder(mine, identity)).rejects.toMatchObject({ code: 'output/exists' });
    expect(await readdir(mine)).toEqual(['thesis.tex']);
  });
});
