/** Maps of an example slice on disk: what an experiment leaves for the figures of its report. */
import { type ArrayFile, decodeArrayFile, encodeArrayFile, requiredArray } from '../core/array-file.ts';
import { FormatError } from '../core/errors.ts';
import type { ExampleSlice } from './experiment-evaluation.ts';

const KIND = 'rhomap example slice';
const MAP = 'map.';
const SCALE = 'scale.';

type Header = Pick<ExampleSlice, 'id' | 'rule' | 'nRows' | 'nColumns' | 'pixelMm' | 'thresholdMs'>;

/** Arrays of the file: `roi`, `imageShort`, `imageLong`, `targetMs`, `truthMs`, `map.METHOD`, `scale.METHOD`. */
export function encodeExample(example: ExampleSlice): Uint8Array {
  const { id, rule, nRows, nColumns, pixelMm, thresholdMs, roi, images, targetMs, truthMs } = example;
  const header: Header = {
    ...{ id, rule, nRows, nColumns },
    ...(pixelMm !== undefined && { pixelMm }),
    ...(thresholdMs !== undefined && { thresholdMs }),
  };
  const arrays = new Map<string, Float32Array>([
    ['roi', Float32Array.from(roi)],
    ['imageShort', images.short],
    ['imageLong', images.long],
    ['targetMs', targetMs],
  ]);
  if (truthMs) arrays.set('truthMs', truthMs);
  for (const [method, map] of example.mapsMs) arrays.set(MAP + method, map);
  for (const [method, scale] of example.scalesMs) arrays.set(SCALE + method, scale);
  return encodeArrayFile(KIND, header, arrays);
}

/**
 * @param where names the file in messages.
 * @throws FormatError `array-file/damaged` if the file is not whole, or an array has not the size of the slice.
 */
export function decodeExample(bytes: Uint8Array, where: string): ExampleSlice {
  const file = decodeArrayFile<Header>(KIND, bytes, where);
  const { nRows, nColumns } = file.header;
  for (const [name, { length }] of file.arrays)
    if (length !== nRows * nColumns)
      throw new FormatError(
        'array-file/damaged',
        where,
        `${name} has ${length} pixels instead of ${nRows} × ${nColumns}; delete the file to make it again.`,
      );
  const get = (name: string): Float32Array => requiredArray(file, name, where);
  const truthMs = file.arrays.get('truthMs');
  return {
    ...file.header,
    roi: Uint8Array.from(get('roi')),
    images: { short: get('imageShort'), long: get('imageLong') },
    targetMs: get('targetMs'),
    ...(truthMs && { truthMs }),
    mapsMs: withPrefix(file, MAP),
    scalesMs: withPrefix(file, SCALE),
  };
}

const withPrefix = ({ arrays }: ArrayFile<unknown>, prefix: string): Map<string, Float32Array> =>
  new Map(
    [...arrays]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
