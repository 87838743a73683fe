import { expect, it } from 'vitest';
import { fuzz } from './support/fuzz.ts';
import { sized, sizeTag } from './support/size.ts';

const N_FILES = sized(3_000, 300_000);
const TIMEOUT_MS = 3_600_000;

it(
  `mutated segmentations and structure sets are read or refused with a typed error ${sizeTag(N_FILES, 'files')}`,
  async () => {
    const outcomes = [...(await fuzz('regions.ts', N_FILES))];
    for (const kind of ['SEG', 'RTSTRUCT']) {
      const refused = outcomes.filter(([outcome]) => outcome.startsWith(`${kind} `));
      // Both outcomes must be common, or the mutations test nothing. Few broken numbers leave a contour whole.
      expect(new Map(outcomes).get(`read ${kind}`)).toBeGreaterThan(N_FILES / 200);
      expect(refused.reduce((n, [, count]) => n + count, 0)).toBeGreaterThan(N_FILES / 40);
      expect(refused.length).toBeGreaterThan(5);
    }
  },
  TIMEOUT_MS,
);

it(
  `mutated files are de-identified, and can be read then, or refused with a typed error ${sizeTag(N_FILES, 'files')}`,
  async () => {
    const { 'de-identified': done = 0, ...refused } = Object.fromEntries(
      await fuzz('deidentify.ts', N_FILES),
    );
    expect(done).toBeGreaterThan(N_FILES / 20);
    expect(N_FILES - done).toBeGreaterThan(N_FILES / 20);
    expect(Object.keys(refused).length).toBeGreaterThan(5);
  },
  TIMEOUT_MS,
);
