/**
 * Mutations of every valid DICOM file with a patient's name in it: de-identified into a file that can be read again, without
 * the name, or refused with a typed error. A target of `support/fuzz.ts`.
 */
import { RhomapError } from '../../src/core/errors.ts';
import { createRandom } from '../../src/core/random.ts';
import { createWarningSink } from '../../src/core/warnings.ts';
import { openDicom } from '../../src/io/dicom/part10.ts';
import { deidentify } from '../../src/pacs/deidentify/deidentify.ts';
import { elements, mrImage, part10 } from '../dicom-builder.ts';
import { MUTATIONS, seeds } from './mutate-dicom.ts';

const NAME = 'GEHEIM^NAME';
const named = part10(
  elements(
    mrImage(
      [0x0008_0090, 'PN', NAME],
      [0x0008_1115, 'SQ', [[[0x0010_0010, 'PN', NAME]], [[0x0040_a123, 'PN', NAME]]]],
      [0x0010_0010, 'PN', NAME],
      [0x0010_0020, 'LO', 'GEHEIM'],
    ),
  ),
);

/** De-identifies mutated file number `i`; every other one is made of the file that has the name. */
export function tryCase(i: number): string {
  const draw = createRandom(20261126).fork(i);
  let bytes: Uint8Array = Uint8Array.from(i % 2 === 0 ? named : seeds[draw.integer(seeds.length)]!);
  for (let k = 1 + draw.integer(3); k > 0 && bytes.length > 4; k--)
    bytes = MUTATIONS[draw.integer(MUTATIONS.length)]!(bytes, draw);
  const options = { key: 'a key of more than sixteen characters', shiftDates: i % 3 === 0 };
  let result: Uint8Array;
  try {
    result = deidentify(bytes, `run ${i}`, options, createWarningSink()).bytes;
  } catch (error) {
    if (error instanceof RhomapError) return error.code;
    throw error;
  }
  if (Buffer.from(result).includes(NAME)) throw new Error('The name is still there.');
  openDicom(result, 'the result', createWarningSink());
  return 'de-identified';
}
