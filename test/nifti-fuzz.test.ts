import { expect, it } from 'vitest';
import { fuzz } from './support/fuzz.ts';
import { sized, sizeTag } from './support/size.ts';

const N_FILES = sized(5_000, 500_000);

it(`mutated NIfTI files: an image or a typed error, without hanging, within 1 GB ${sizeTag(N_FILES, 'files')}`, {
  timeout: 3_600_000,
}, async () => {
  const outcomes = await fuzz('nifti.ts', N_FILES);
  // Both outcomes are common, so neither the mutations nor the reader have gone blunt.
  for (const outcome of ['read', 'refused']) expect(outcomes.get(outcome)).toBeGreaterThan(N_FILES / 20);
});
