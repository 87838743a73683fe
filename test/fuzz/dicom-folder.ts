/** Folders with some files mutated: sorted and decoded, or refused with a typed error. A target of `support/fuzz.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RhomapError } from '../../src/core/errors.ts';
import { voxelCount } from '../../src/core/grid.ts';
import { createRandom } from '../../src/core/random.ts';
import { createWarningSink } from '../../src/core/warnings.ts';
import { describeCandidate } from '../../src/io/dicom/candidate.ts';
import { loadSeries, scanDicom } from '../../src/io/dicom/load.ts';
import { DATA, MUTATIONS } from './mutate-dicom.ts';

const root = join(DATA, 'philips');
const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('IM_'));
const intact = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(root, name)))]));

/** Reads mutated folder number `i`. */
export async function tryCase(i: number): Promise<string> {
  const draw = createRandom(7).fork(i);
  const files = new Map<string, Uint8Array>(intact);
  for (let k = 1 + draw.integer(3); k > 0; k--) {
    const name = names[draw.integer(names.length)]!;
    files.set(name, MUTATIONS[draw.integer(MUTATIONS.length)]!(Uint8Array.from(files.get(name)!), draw));
  }
  const read = async (name: string): Promise<Uint8Array> => files.get(name)!;
  const sources = names.map((name) => ({ name, read: () => read(name) }));
  const { candidates } = await scanDicom(sources, createWarningSink());
  let nLoaded = 0;
  for (const candidate of candidates) {
    describeCandidate(candidate);
    try {
      const tslMs = Array.from({ length: candidate.nTimes }, (_, t) => 10 * t);
      const { signal } = await loadSeries(candidate, tslMs, read);
      if (signal.length !== candidate.nTimes * voxelCount(candidate.grid))
        throw new Error('The series is not whole.');
      nLoaded++;
    } catch (error) {
      if (!(error instanceof RhomapError)) throw error;
    }
  }
  return nLoaded > 0 ? 'loaded' : 'refused';
}
