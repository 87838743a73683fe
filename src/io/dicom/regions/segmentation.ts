/** Segmentation objects, binary or fractional: each frame is a plane of voxels as thick as its slice. */
import { type Affine, applyAffine, invertAffine, multiplyAffine } from '../../../core/affine.ts';
import { DataError } from '../../../core/errors.ts';
import { type Grid, sliceSize } from '../../../core/grid.ts';
import { type DataSet, firstItem, items } from '../data-set.ts';
import { framesOf } from '../frames.ts';
import { planeOf, stackGrid } from '../geometry.ts';
import { formatError } from '../header.ts';
import { locatePixels, type PixelLayout } from '../pixel-layout.ts';
import { number, text } from '../values.ts';
import type { RegionPainter } from './regions.ts';

export const paintSegmentation: RegionPainter = ({ dataSet, syntax }, grid, paint) => {
  const pixels = locatePixels(dataSet, syntax);
  const { name } = dataSet.encoding;
  if (pixels?.codec !== 'native' || pixels.samplesPerPixel !== 1)
    throw new DataError(
      'roi/pixels',
      `${name}: the segmentation has no plain pixels; export it uncompressed.`,
    );
  const groups = items(dataSet, 'PerFrameFunctionalGroupsSequence');
  const shared = firstItem(dataSet, 'SharedFunctionalGroupsSequence');
  const isInside = insideTest(dataSet, pixels);
  for (const frame of framesOf(dataSet, pixels)) {
    const plane = planeOf(frame, pixels);
    if (typeof plane === 'string')
      throw new DataError('roi/geometry', `${name}: frame ${frame.index + 1} has ${plane}.`);
    const thicknessMm = frame.spacingBetweenSlicesMm || frame.sliceThicknessMm || 1;
    const { affine } = stackGrid([plane], Math.abs(thicknessMm));
    const label = segmentOf(groups[frame.index]) ?? segmentOf(shared);
    if (label === undefined || label < 1)
      throw formatError(dataSet.encoding, 'roi/segment', `frame ${frame.index + 1} names no segment.`);
    paintFrame(
      affine,
      pixels,
      grid,
      (pixel) => isInside(frame.index, pixel),
      (voxel) => paint(voxel, label),
    );
  }
  return new Map(
    items(dataSet, 'SegmentSequence').map((segment, i) => {
      const label = number(segment, 'SegmentNumber') ?? i + 1;
      return [label, text(segment, 'SegmentLabel') ?? `region ${label}`];
    }),
  );
};

function segmentOf(group: DataSet | undefined): number | undefined {
  const item = group && firstItem(group, 'SegmentIdentificationSequence');
  return item && number(item, 'ReferencedSegmentNumber');
}

/** Whether a pixel of a frame is inside: a bit, or at least half of the largest fraction. */
function insideTest(
  dataSet: DataSet,
  { sample, nRows, nColumns, frames }: PixelLayout,
): (frame: number, pixel: number) => boolean {
  const { bytes } = dataSet.encoding;
  if (sample.bitsAllocated === 1) {
    const start = frames[0]![0]!.start;
    return (frame, pixel) => {
      const bit = frame * nRows * nColumns + pixel;
      return ((bytes[start + (bit >>> 3)]! >> (bit & 7)) & 1) === 1;
    };
  }
  if (sample.bitsAllocated !== 8)
    throw formatError(
      dataSet.encoding,
      'roi/pixels',
      `a segmentation of ${sample.bitsAllocated} bits per pixel.`,
    );
  const isBinary = text(dataSet, 'SegmentationType') !== 'FRACTIONAL';
  const half = isBinary ? 0.5 : (number(dataSet, 'MaximumFractionalValue') ?? 255) / 2;
  return (frame, pixel) => bytes[frames[frame]![0]!.start + pixel]! >= half;
}

/** A centre this near to a pixel's edge, in pixels, may fall on either side by rounding. */
const EDGE = 1e-6;

/** Paints the voxels of `grid` whose centres lie within half a slice of the frame and in one of its inside pixels. */
function paintFrame(
  affine: Affine,
  { nRows, nColumns }: PixelLayout,
  grid: Grid,
  isInside: (pixel: number) => boolean,
  paint: (voxel: number) => void,
): void {
  // From voxels of the images to pixels of the frame; the third coordinate is in slices.
  const toFrame = multiplyAffine(invertAffine(affine), grid.affine);
  for (let k = 0; k < grid.nSlices; k++) {
    if (isApart(toFrame, grid, k)) continue;
    for (let voxel = 0; voxel < sliceSize(grid); voxel++) {
      const [i, j] = [voxel % grid.nColumns, Math.floor(voxel / grid.nColumns)];
      const [x, y, z] = applyAffine(toFrame, [i, j, k]);
      if (Math.abs(z) > 0.5 + EDGE) continue;
      const [column, row] = [Math.round(x - EDGE), Math.round(y - EDGE)];
      if (column < 0 || row < 0 || column >= nColumns || row >= nRows) continue;
      if (isInside(row * nColumns + column)) paint(k * sliceSize(grid) + voxel);
    }
  }
}

/** All corners of slice `k` lie beyond the same face of the frame. */
function isApart(toFrame: Affine, { nColumns, nRows }: Grid, k: number): boolean {
  const depths = [0, nColumns - 1].flatMap((i) =>
    [0, nRows - 1].map((j) => applyAffine(toFrame, [i, j, k])[2]),
  );
  return depths.every((z) => z > 0.5 + EDGE) || depths.every((z) => z < -0.5 - EDGE);
}
