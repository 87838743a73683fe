/** Figure 2: what the network starts from beside what it should reach. */
import type { ExampleSlice } from '../../../evaluate/experiment-evaluation.ts';
import { bodyMask, cropToBody } from '../example-crop.ts';
import type { Figure } from '../figure.ts';
import { chosenBy, greyPicture, MAP_RANGE_MS, sizeOf } from '../map-values.ts';
import { pictureGrid } from '../picture-grid.ts';

const DIFFERENCE_RANGE_MS = [0, 10] as const;

export function coarseAndTargetFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const whole = examples.find(({ mapsMs }) => mapsMs.has('coarse'));
  if (!whole) return undefined;
  const example = cropToBody(whole);
  const { roi, images, targetMs } = example;
  const coarse = example.mapsMs.get('coarse')!;
  const shared = { shown: bodyMask(example), underlay: images.short };
  const difference = coarse.map((value, p) => Math.abs(value - targetMs[p]!));
  const title = 'Coarse map and target map of a slice';
  return {
    name: 'figure-2-coarse-and-target',
    label: 'Figure 2',
    title,
    reading:
      'The coarse map is noisier than the target, and differs from it by whole areas near vessels and edges; the white line is the region of interest.',
    remarks: [chosenBy([example]), 'Air is not mapped and shown in grey, as is the image itself.'],
    svg: pictureGrid(
      [
        {
          ...{ colours: 'viridis', range: MAP_RANGE_MS, unit: 'ms', ...sizeOf(example) },
          pictures: [
            { title: 'Coarse map, two images', values: coarse, ...shared, roi },
            { title: 'Target map, all images', values: targetMs, ...shared },
          ],
        },
        {
          ...{ colours: 'magma', range: DIFFERENCE_RANGE_MS, unit: 'ms', ...sizeOf(example) },
          pictures: [
            { title: 'Image, shortest spin-lock time', ...greyPicture(images.short), roi },
            { title: '|coarse − target|', values: difference, ...shared },
          ],
        },
      ],
      290,
      title,
    ),
  };
}
