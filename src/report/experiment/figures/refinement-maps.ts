/** Figure 8: errors before and after leaving out what is too uncertain. */
import type { ExampleSlice } from '../../../evaluate/experiment-evaluation.ts';
import { cropToRegions } from '../example-crop.ts';
import type { Figure } from '../figure.ts';
import { fixed, isKnown } from '../format.ts';
import { absoluteErrorOf, barEnd, chosenBy, meanInside, sizeOf, uncertaintyOf } from '../map-values.ts';
import { type PictureRow, pictureGrid } from '../picture-grid.ts';

export function refinementFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const used = examples
    .filter(({ scalesMs, thresholdMs }) => scalesMs.has('lbru') && isKnown(thresholdMs))
    .map(cropToRegions);
  if (used.length === 0) return undefined;
  const ends = used.map((e) => barEnd([absoluteErrorOf(e), uncertaintyOf(e)], e.roi, 0.98, 1));
  const range = [0, Math.max(...ends)] as const;
  const title = 'Refinement of regions by the uncertainty of LBRU';
  return {
    name: 'figure-8-refinement',
    label: 'Figure 8',
    title,
    reading:
      'Pixels whose uncertainty (right) exceeds the threshold of the fold’s validation patients are left out (middle): bright errors on the left should be among them.',
    remarks: [chosenBy(used)],
    svg: pictureGrid(
      used.map((example) => row(example, range)),
      250,
      title,
    ),
  };
}

function row(example: ExampleSlice, range: readonly [number, number]): PictureRow {
  const { roi, id, thresholdMs, images } = example;
  const [error, u] = [absoluteErrorOf(example), uncertaintyOf(example)];
  const kept = roi.map((label, p) => (label !== 0 && u[p]! <= thresholdMs! ? 1 : 0));
  const nInside = (mask: Uint8Array): number => mask.reduce((n, label) => n + (label === 0 ? 0 : 1), 0);
  const keptPercent = fixed((100 * nInside(kept)) / nInside(roi), 0);
  const shared = { underlay: images.short, roi };
  return {
    ...{ colours: 'magma', range, unit: 'ms', ...sizeOf(example) },
    pictures: [
      {
        title: `${id}: absolute error`,
        note: `mean ${fixed(meanInside(error, roi), 2)} ms, all pixels`,
        ...{ ...shared, values: error, shown: roi },
      },
      {
        title: 'Absolute error, pixels that stay',
        note: `mean ${fixed(meanInside(error, kept), 2)} ms, ${keptPercent} % of the pixels`,
        ...{ ...shared, values: error, shown: kept },
      },
      {
        title: 'Uncertainty u',
        note: `threshold ${fixed(thresholdMs, 2)} ms`,
        ...{ ...shared, values: u, shown: roi },
      },
    ],
  };
}
