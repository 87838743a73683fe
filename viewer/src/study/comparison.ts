/** Another map beside the main one: of another method on the same images, or of another visit. */
import {
  applyAffine,
  type Grid,
  gridDifference,
  invertAffine,
  multiplyAffine,
  type ParametricMap,
  sliceSize,
  VOXEL_STATUS,
  voxelCount,
} from '../../../src/index.ts';
import { differenceMap, type Layer, layer, type Study } from './study.ts';

/** Layers that a comparison brings. */
const BROUGHT = ['other', 'difference'];

/**
 * A study with another map as layers. On the same grid their difference is one too; a map on another grid is shown by the
 * nearest voxel, and without a difference: two visits do not lie still on one another.
 * @throws Error where the other map lies elsewhere.
 */
export function withComparison(study: Study, other: ParametricMap, name: string): Study {
  const isSameGrid = gridDifference(other.grid, study.grid) === undefined;
  const map = isSameGrid ? { ...other, name: 'other' } : onGrid(other, study.grid, name);
  const shown = study.layers.find((own) => own.map === study.main)!;
  const label = `Other: ${name}${isSameGrid ? '' : ' (nearest voxel)'}`;
  const difference = isSameGrid ? differenceMap(study.main, map, 'difference') : undefined;
  const brought: Layer[] = [
    { ...shown, id: 'other', label, map },
    ...(difference ? [layer(difference, 'This − other', 'maps', 'blue-orange', [-10, 10])] : []),
  ];
  return {
    ...study,
    layers: [...study.layers.filter(({ id }) => !BROUGHT.includes(id)), ...brought],
    roiMaps: [
      ...study.roiMaps.filter((own) => !BROUGHT.includes(own.name)),
      // Numbers of a map that was only laid over by eye would look measured.
      ...(difference ? [map, difference] : []),
    ],
  };
}

/** The values of a map at the centres of another grid's voxels: those of the nearest voxel, none outside. */
function onGrid(other: ParametricMap, grid: Grid, name: string): ParametricMap {
  const { nColumns, nRows, nSlices } = other.grid;
  const toOther = multiplyAffine(invertAffine(other.grid.affine), grid.affine);
  const values = new Float32Array(voxelCount(grid)).fill(Number.NaN);
  const status = new Uint8Array(values.length).fill(VOXEL_STATUS.masked);
  let nInside = 0;
  for (let p = 0; p < values.length; p++) {
    const inSlice = p % sliceSize(grid);
    const [i, j] = [inSlice % grid.nColumns, Math.floor(inSlice / grid.nColumns)];
    const place = applyAffine(toOther, [i, j, Math.floor(p / sliceSize(grid))]);
    const [column, row, slice] = place.map(Math.round) as [number, number, number];
    if (column < 0 || row < 0 || slice < 0 || column >= nColumns || row >= nRows || slice >= nSlices)
      continue;
    const from = (slice * nRows + row) * nColumns + column;
    values[p] = other.values[from]!;
    status[p] = other.status[from]!;
    nInside++;
  }
  if (nInside === 0)
    throw new Error(`${name} lies elsewhere: none of its voxels is where this study has one.`);
  return { ...other, grid, name: 'other', values, status };
}
