/** Mutations of every valid DICOM file: whatever comes, it is read or refused with a typed error. A target of `support/fuzz.ts`. */
import { RhomapError } from '../../src/core/errors.ts';
import { createRandom } from '../../src/core/random.ts';
import { createWarningSink } from '../../src/core/warnings.ts';
import { createCodecs } from '../../src/io/dicom/codecs/codecs.ts';
import { groupDicomSeries } from '../../src/io/dicom/group.ts';
import { parseDicom } from '../../src/io/dicom/image.ts';
import { decodePixels } from '../../src/io/dicom/pixels.ts';
import { MUTATIONS, seeds } from './mutate-dicom.ts';

const random = createRandom(20261124);
const codecs = createCodecs();

/** Reads mutated file number `i`; `read`, or the code of the refusal. */
export async function tryCase(i: number): Promise<string> {
  const draw = random.fork(i);
  let bytes: Uint8Array = seeds[draw.integer(seeds.length)]!.slice();
  for (let k = 1 + draw.integer(3); k > 0 && bytes.length > 4; k--)
    bytes = MUTATIONS[draw.integer(MUTATIONS.length)]!(bytes, draw);
  try {
    const image = parseDicom(bytes, `run ${i}`, createWarningSink());
    groupDicomSeries([image]);
    await decodePixels(image, bytes, { codecs });
    return 'read';
  } catch (error) {
    if (error instanceof RhomapError) return error.code;
    throw error;
  }
}
