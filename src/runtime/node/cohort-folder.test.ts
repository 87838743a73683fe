import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters } from '../../cohort/preset.ts';
import type { CohortOptions } from '../../cohort/simulate-patient.ts';
import { OptionError } from '../../core/errors.ts';
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
  const one = join(root, 'one');
  let expected: Record<string, string>;
  beforeAll(async () => {
    expect(await run(one, 1)).toBe(2);
    expected = await contents(one);
    expect(Object.keys(expected).length).toBeGreaterThan(20);
  });

  it('holds the same bytes from one worker, from two, and from a run that was stopped and went on', async () => {
    const [two, stopped] = [join(root, 'two'), join(root, 'stopped')];
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
    expect(await contents(two)).toEqual(expected);
    expect(await contents(stopped)).toEqual(expected);
  });

  it('makes a deleted patient again, byte by byte, and one whose truth was deleted', async () => {
    const path = join(root, 'deleted');
    await cp(one, path, { recursive: true });
    await rm(join(path, 'sub-001'), { recursive: true });
    await rm(join(path, 'derivatives/truth/sub-002'), { recursive: true });
    expect(await run(path, 1)).toBe(2);
    expect(await contents(path)).toEqual(expected);
    expect(await run(path, 1)).toBe(0);
  });

  it('hands on what went wrong in a thread, with its code', async () => {
    const workers = startCohortWorkers(1);
    const broken = { ...options.parameters, grid: { ...options.parameters.grid, sliceThicknessMm: -1 } };
    try {
      const made = workers.make({ ...options, parameters: broken }, 0, { floorDraws: 0, dicom: false });
      await expect(made).rejects.toThrow(OptionError);
      await expect(made).rejects.toMatchObject({ code: 'anatomy/size' });
    } finally {
      await workers.close();
    }
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
