/** Figure 4, one for each example: the maps of all methods, and their relative errors inside the regions. */
import type { ExampleSlice, ExperimentEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import { cropToRegions } from '../example-crop.ts';
import type { Figure } from '../figure.ts';
import { fixed } from '../format.ts';
import { barEnd, chosenBy, greyPicture, MAP_RANGE_MS, meanInside, sizeOf } from '../map-values.ts';
import { type Picture, type PictureRow, pictureGrid } from '../picture-grid.ts';

const MOST_ACROSS = 4;

export const methodMapsFigures = (
  { methods }: ExperimentEvaluation,
  examples: readonly ExampleSlice[],
): Figure[] =>
  examples.map((whole, i) => {
    const example = cropToRegions(whole);
    const title = `Maps of all methods and their relative errors, ${example.id}`;
    return {
      name: `figure-4-maps-${i + 1}`,
      label: examples.length > 1 ? `Figure 4${String.fromCharCode(97 + i)}` : 'Figure 4',
      title,
      reading:
        'Upper rows: T1ρ maps; lower rows: relative error against the target inside the regions, dark is good; the number is the mean over the regions of this slice.',
      remarks: [chosenBy([example])],
      svg: pictureGrid(pictureRows(methods, example), 192, title),
    };
  });

/** A map, and what stands below it. */
interface Cell {
  readonly map: Picture;
  readonly below: Picture;
}

function pictureRows(methods: ExperimentEvaluation['methods'], example: ExampleSlice): PictureRow[] {
  const { images, roi, targetMs } = example;
  const named = methods.filter(({ method }) => example.mapsMs.has(method));
  const errors = named.map(({ method }) => relativeErrors(example.mapsMs.get(method)!, targetMs));
  const shared = { underlay: images.short, roi };
  const cells: Cell[] = [
    {
      map: { title: 'Target', values: targetMs, ...shared },
      below: { title: '', note: 'image, shortest spin-lock time', ...greyPicture(images.short) },
    },
    ...named.map(({ method, title }, i) => ({
      map: { title, values: example.mapsMs.get(method)!, ...shared },
      below: {
        ...{ title: '', note: `${title}: ${fixed(meanInside(errors[i]!, roi), 2)} %` },
        ...{ values: errors[i]!, shown: roi, underlay: images.short },
      },
    })),
  ];
  const errorRange = [0, barEnd(errors, roi, 0.97, 5)] as const;
  const nAcross = Math.ceil(cells.length / Math.ceil(cells.length / MOST_ACROSS));
  const starts = Array.from({ length: Math.ceil(cells.length / nAcross) }, (_, r) => r * nAcross);
  return starts.flatMap((start): PictureRow[] => {
    const part = cells.slice(start, start + nAcross);
    return [
      {
        ...{ colours: 'viridis', range: MAP_RANGE_MS, unit: 'ms', ...sizeOf(example) },
        pictures: part.map(({ map }) => map),
      },
      {
        ...{ colours: 'magma', range: errorRange, unit: '%', ...sizeOf(example) },
        pictures: part.map(({ below }) => below),
      },
    ];
  });
}

const relativeErrors = (map: Float32Array, target: Float32Array): Float32Array =>
  map.map((value, p) => (100 * Math.abs(value - target[p]!)) / target[p]!);
