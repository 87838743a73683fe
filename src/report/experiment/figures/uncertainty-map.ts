/** Figure 7: where LBRU is uncertain, and where it is wrong. */
import type { ExampleSlice } from '../../../evaluate/experiment-evaluation.ts';
import { bodyMask, cropToBody } from '../example-crop.ts';
import type { Figure } from '../figure.ts';
import { absoluteErrorOf, barEnd, chosenBy, MAP_RANGE_MS, sizeOf, uncertaintyOf } from '../map-values.ts';
import { pictureGrid } from '../picture-grid.ts';

export function uncertaintyFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const whole = examples.find(({ scalesMs }) => scalesMs.has('lbru'));
  if (!whole) return undefined;
  const example = cropToBody(whole);
  const { roi, images, targetMs } = example;
  const [uncertainty, error] = [uncertaintyOf(example), absoluteErrorOf(example)];
  const shared = { shown: bodyMask(example), underlay: images.short };
  const range = [0, barEnd([uncertainty, error], shared.shown, 0.95, 2)] as const;
  const title = 'Uncertainty of LBRU beside its absolute error';
  return {
    name: 'figure-7-uncertainty',
    label: 'Figure 7',
    title,
    reading:
      'Above, both on one scale: where the left map is bright, errors as on the right are to be expected; single pixels will differ, areas should not.',
    remarks: [chosenBy([example])],
    svg: pictureGrid(
      [
        {
          ...{ colours: 'magma', range, unit: 'ms', ...sizeOf(example) },
          pictures: [
            { title: 'Uncertainty u', values: uncertainty, ...shared, roi },
            { title: '|LBRU − target|', values: error, ...shared, roi },
          ],
        },
        {
          ...{ colours: 'viridis', range: MAP_RANGE_MS, unit: 'ms', ...sizeOf(example) },
          pictures: [
            { title: 'LBRU map', values: example.mapsMs.get('lbru')!, ...shared },
            { title: 'Target map', values: targetMs, ...shared },
          ],
        },
      ],
      290,
      title,
    ),
  };
}
