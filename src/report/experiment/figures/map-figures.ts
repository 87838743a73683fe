/** Figures 2, 4, 7 and 8: maps of the example slices. */
import type { ExampleSlice, ExperimentEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import { bodyMask, cropToBody, cropToRegions } from '../example-crop.ts';
import type { Figure } from '../figure.ts';
import { fixed } from '../format.ts';
import { type Picture, type PictureRow, pictureGrid } from '../picture-grid.ts';

/** The paper's cut-off range. */
const MAP_MS = [25, 65] as const;
const MAX_ROWS = 4;

/** Figure 2: what the network starts from beside what it should reach. */
export function coarseAndTargetFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const whole = examples.find(({ mapsMs }) => mapsMs.has('coarse'));
  if (!whole) return undefined;
  const example = cropToBody(whole);
  const { roi, images, targetMs } = example;
  const [shown, coarse] = [bodyMask(example), example.mapsMs.get('coarse')!];
  const shared = { shown, underlay: images.short };
  const difference = coarse.map((value, p) => value - targetMs[p]!);
  const title = 'Coarse map and target map of a slice';
  const maps: PictureRow = {
    ...{ colours: 'viridis', range: MAP_MS, unit: 'ms', ...sizeOf(example) },
    pictures: [
      { title: 'Coarse map (2 images)', values: coarse, ...shared, roi },
      { title: 'Target map (4 images)', values: targetMs, ...shared },
    ],
  };
  const rest: PictureRow = {
    ...{ colours: 'magma', range: [0, 10], unit: 'ms', ...sizeOf(example) },
    pictures: [
      { title: 'Image at the shortest spin-lock time', ...whiteLevel(images.short), roi },
      { title: '|coarse − target|', values: difference.map(Math.abs), ...shared },
    ],
  };
  return {
    name: 'figure-2-coarse-and-target',
    label: 'Figure 2',
    title,
    reading:
      'The coarse map is noisier than the target, and differs from it by whole areas near vessels and edges; the white line is the region of interest.',
    remarks: [chosenBy([example]), 'Air is not mapped and shown in grey, as is the image itself.'],
    svg: pictureGrid([maps, rest], 290, title),
  };
}

/** An image as nothing but underlay. */
const whiteLevel = (image: Float32Array): Pick<Picture, 'values' | 'shown' | 'underlay'> => ({
  values: image,
  shown: new Uint8Array(image.length),
  underlay: image,
});

const sizeOf = ({ nRows, nColumns }: ExampleSlice): { nRows: number; nColumns: number } => ({
  nRows,
  nColumns,
});

const chosenBy = (examples: readonly ExampleSlice[]): string =>
  `Shown by rule, not by choice: ${examples.map(({ id, rule }) => `${id} (${rule})`).join('; ')}.`;

/** Figure 4, one for each example: the maps of all methods, and their relative errors inside the regions. */
export function methodMapsFigures(
  { methods }: ExperimentEvaluation,
  examples: readonly ExampleSlice[],
): Figure[] {
  return examples.map((whole, i) => {
    const example = cropToRegions(whole);
    const named = methods.filter(({ method }) => example.mapsMs.has(method));
    const errors = new Map(
      named.map(({ method }) => [method, relativeErrors(example.mapsMs.get(method)!, example.targetMs)]),
    );
    const range = [0, roundUp(quantileInside([...errors.values()], example.roi, 0.97), 5)] as const;
    const cells = [
      { title: 'Target', values: example.targetMs, errors: undefined },
      ...named.map(({ method, title }) => ({
        title,
        values: example.mapsMs.get(method)!,
        errors: errors.get(method),
      })),
    ];
    const nAcross = Math.ceil(cells.length / Math.ceil(cells.length / MAX_ROWS));
    const rows: PictureRow[] = [];
    for (let at = 0; at < cells.length; at += nAcross) {
      const part = cells.slice(at, at + nAcross);
      rows.push({
        ...{ colours: 'viridis', range: MAP_MS, unit: 'ms', ...sizeOf(example) },
        pictures: part.map(({ title, values }) => ({
          ...{ title, values, underlay: example.images.short, roi: example.roi },
        })),
      });
      rows.push({
        ...{ colours: 'magma', range, unit: '%', ...sizeOf(example) },
        pictures: part.map(({ title, errors: error }) =>
          error
            ? {
                title: '',
                note: `${title}: ${fixed(meanInside(error, example.roi), 2)} %`,
                ...{ values: error, shown: example.roi, underlay: example.images.short },
              }
            : { title: '', note: 'image, shortest spin-lock time', ...whiteLevel(example.images.short) },
        ),
      });
    }
    const title = `Maps of all methods and their relative errors, ${example.id}`;
    return {
      name: `figure-4-maps-${i + 1}`,
      label: examples.length > 1 ? `Figure 4${String.fromCharCode(97 + i)}` : 'Figure 4',
      title,
      reading:
        'Upper rows: T1ρ maps; lower rows: relative error against the target inside the regions, dark is good; the number is the mean over the regions of this slice.',
      remarks: [chosenBy([example])],
      svg: pictureGrid(rows, 192, title),
    };
  });
}

const relativeErrors = (map: Float32Array, target: Float32Array): Float32Array =>
  map.map((value, p) => (100 * Math.abs(value - target[p]!)) / target[p]!);

/** Figure 7: where LBRU is uncertain, and where it is wrong. */
export function uncertaintyFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const whole = examples.find(({ scalesMs }) => scalesMs.has('lbru'));
  if (!whole) return undefined;
  const example = cropToBody(whole);
  const map = example.mapsMs.get('lbru')!;
  const shared = { shown: bodyMask(example), underlay: example.images.short };
  const uncertainty = uncertaintyOf(example);
  const error = absoluteErrors(example);
  const most = roundUp(quantileInside([uncertainty, error], shared.shown, 0.95), 2);
  const title = 'Uncertainty of LBRU beside its absolute error';
  const rows: PictureRow[] = [
    {
      ...{ colours: 'magma', range: [0, most], unit: 'ms', ...sizeOf(example) },
      pictures: [
        { title: 'Uncertainty u', values: uncertainty, ...shared, roi: example.roi },
        { title: '|LBRU − target|', values: error, ...shared, roi: example.roi },
      ],
    },
    {
      ...{ colours: 'viridis', range: MAP_MS, unit: 'ms', ...sizeOf(example) },
      pictures: [
        { title: 'LBRU map', values: map, ...shared },
        { title: 'Target map', values: example.targetMs, ...shared },
      ],
    },
  ];
  return {
    name: 'figure-7-uncertainty',
    label: 'Figure 7',
    title,
    reading:
      'Above, both on one scale: where the left map is bright, errors as on the right are to be expected; single pixels will differ, areas should not.',
    remarks: [chosenBy([example])],
    svg: pictureGrid(rows, 290, title),
  };
}

const uncertaintyOf = ({ scalesMs }: ExampleSlice): Float32Array =>
  scalesMs.get('lbru')!.map((sigma) => Math.SQRT2 * sigma);

const absoluteErrors = ({ mapsMs, targetMs }: ExampleSlice): Float32Array =>
  mapsMs.get('lbru')!.map((value, p) => Math.abs(value - targetMs[p]!));

/** Figure 8: errors before and after leaving out what is too uncertain. */
export function refinementFigure(examples: readonly ExampleSlice[]): Figure | undefined {
  const used = examples
    .filter(({ scalesMs, thresholdMs }) => scalesMs.has('lbru') && Number.isFinite(thresholdMs))
    .map(cropToRegions);
  if (used.length === 0) return undefined;
  const planes = used.map((example) => ({ error: absoluteErrors(example), u: uncertaintyOf(example) }));
  const most = roundUp(
    Math.max(...used.map(({ roi }, i) => quantileInside([planes[i]!.error, planes[i]!.u], roi, 0.98))),
    1,
  );
  const rows = used.map((example, i): PictureRow => {
    const { error, u } = planes[i]!;
    const { roi, id, thresholdMs } = example;
    const kept = roi.map((label, p) => (label !== 0 && u[p]! <= thresholdMs! ? 1 : 0));
    const shared = { underlay: example.images.short, roi };
    const nKept = kept.reduce((a, b) => a + b, 0);
    const nAll = roi.reduce((n, label) => n + (label !== 0 ? 1 : 0), 0);
    return {
      ...{ colours: 'magma', range: [0, most], unit: 'ms', ...sizeOf(example) },
      pictures: [
        {
          title: `${id}: absolute error`,
          note: `mean ${fixed(meanInside(error, roi), 2)} ms, all pixels`,
          ...{ ...shared, values: error, shown: roi },
        },
        {
          title: 'Absolute error, pixels that stay',
          note: `mean ${fixed(meanInside(error, kept), 2)} ms, ${fixed((100 * nKept) / nAll, 0)} % of the pixels`,
          ...{ ...shared, values: error, shown: kept },
        },
        {
          title: 'Uncertainty u',
          note: `threshold ${fixed(thresholdMs, 2)} ms`,
          ...{ ...shared, values: u, shown: roi },
        },
      ],
    };
  });
  const title = 'Refinement of regions by the uncertainty of LBRU';
  return {
    name: 'figure-8-refinement',
    label: 'Figure 8',
    title,
    reading:
      'Pixels whose uncertainty (right) exceeds the threshold of the fold’s validation patients are left out (middle): bright errors on the left should be among them.',
    remarks: [chosenBy(used)],
    svg: pictureGrid(rows, 250, title),
  };
}

function meanInside(values: Float32Array, mask: Uint8Array): number {
  let [sum, n] = [0, 0];
  for (let p = 0; p < mask.length; p++)
    if (mask[p] !== 0 && Number.isFinite(values[p])) {
      sum += values[p]!;
      n++;
    }
  return sum / n;
}

/** Of all values inside the mask; 1 where there are none. */
function quantileInside(planes: readonly Float32Array[], mask: Uint8Array, share: number): number {
  const sorted = planes
    .flatMap((plane) => [...plane].filter((value, p) => mask[p] !== 0 && Number.isFinite(value)))
    .sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 1;
}

const roundUp = (value: number, step: number): number => step * Math.max(1, Math.ceil(value / step));
