/**
 * RT Structure Sets: closed planar contours in patient coordinates. A contour belongs to the slice that it lies in; of
 * several of one region in one slice, a voxel inside an odd number is in (a hole is a contour within a contour).
 */
import { applyAffine, invertAffine, type Vector3 } from '../../../core/affine.ts';
import { DataError } from '../../../core/errors.ts';
import { type Grid, sliceSize } from '../../../core/grid.ts';
import { items } from '../data-set.ts';
import { number, numbers, text } from '../values.ts';
import type { RegionPainter } from './regions.ts';

/** Contours drawn on the images lie in their slices; one this far off, in slices, is on another grid or oblique. */
const MAX_OFF_SLICE = 0.5;
const MAX_LABEL = 65_535;

export const paintStructureSet: RegionPainter = ({ dataSet }, grid, paint) => {
  const names = new Map<number, string>();
  for (const roi of items(dataSet, 'StructureSetROISequence')) {
    const label = number(roi, 'ROINumber');
    // 0 is outside in a mask.
    if (label !== undefined && label >= 1 && label <= MAX_LABEL)
      names.set(label, text(roi, 'ROIName') ?? `region ${label}`);
  }
  const { name } = dataSet.encoding;
  const toIndex = invertAffine(grid.affine);
  for (const roi of items(dataSet, 'ROIContourSequence')) {
    const label = number(roi, 'ReferencedROINumber');
    if (label === undefined || !names.has(label)) continue;
    const bySlice = new Map<number, Vector3[][]>();
    for (const contour of items(roi, 'ContourSequence')) {
      if (text(contour, 'ContourGeometricType') === 'POINT') continue;
      const points = pointsOf(numbers(contour, 'ContourData'), name).map((point) =>
        applyAffine(toIndex, point),
      );
      const slice = sliceOf(points, name, names.get(label)!);
      if (slice < 0 || slice >= grid.nSlices) continue;
      bySlice.set(slice, [...(bySlice.get(slice) ?? []), points]);
    }
    for (const [slice, contours] of bySlice)
      paintContours(contours, grid, (pixel) => paint(slice * sliceSize(grid) + pixel, label));
  }
  return names;
};

/** Triples in LPS as points in RAS. */
function pointsOf(data: readonly number[], name: string): Vector3[] {
  if (data.length % 3 !== 0 || data.length < 9)
    throw new DataError(
      'roi/contour',
      `${name}: a contour of ${data.length} numbers is no closed line of points.`,
    );
  return Array.from({ length: data.length / 3 }, (_, p) => [
    -data[3 * p]!,
    -data[3 * p + 1]!,
    data[3 * p + 2]!,
  ]);
}

function sliceOf(points: readonly Vector3[], name: string, roi: string): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, , z] of points) {
    low = Math.min(low, z);
    high = Math.max(high, z);
  }
  if (!(high - low <= MAX_OFF_SLICE))
    throw new DataError(
      'roi/oblique',
      `${name}: a contour of ${roi} cuts through the slices of the images; export it on these images, or as a segmentation.`,
    );
  return Math.round((low + high) / 2);
}

/** Scan lines through the centres of the rows; between the 1st and 2nd crossing is in, between the 2nd and 3rd out, … */
function paintContours(
  contours: readonly (readonly Vector3[])[],
  { nColumns, nRows }: Grid,
  paint: (pixel: number) => void,
): void {
  for (let row = 0; row < nRows; row++) {
    const crossings = contours
      .flatMap((points) =>
        points.flatMap(([x, y], p) => {
          const [nextX, nextY] = points[(p + 1) % points.length]!;
          // Half-open, so that a corner on the line counts once.
          return y <= row === nextY <= row ? [] : [x + ((row - y) / (nextY - y)) * (nextX - x)];
        }),
      )
      .sort((a, b) => a - b);
    for (let c = 0; c + 1 < crossings.length; c += 2) {
      const [from, to] = [
        Math.max(0, Math.ceil(crossings[c]!)),
        Math.min(nColumns - 1, Math.floor(crossings[c + 1]!)),
      ];
      for (let column = from; column <= to; column++) paint(row * nColumns + column);
    }
  }
}
