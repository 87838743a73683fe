import type { Verdict } from '../../../src/index.ts';

/** What a check of the images says, in words for the reader. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  'in range': 'The images are such as the network was trained for',
  unusual: 'The images are unusual for this network: look closely before you use its numbers',
  refuse: 'This network does not suit these images: do not use its numbers',
};
