/**
 * Puts NIfTI files together to one spin-lock series. Whatever the user has (one 4-D file, a 3-D file per TSL, a file
 * per slice, or per slice and TSL) is taken apart into 3-D volumes, and these are grouped by position:
 *  - volumes on one grid are the images of its TSLs, in the order in which the files were given;
 *  - single-slice volumes at several positions are stacked along the slice normal, in the order of their positions.
 * So the order of files matters among TSLs and never among slices. Times come from the caller or from sidecars; they
 * are never guessed from file names.
 */
import { DataError, OptionError } from '../../core/errors.ts';
import { describeSize, type Grid, gridDifference, sliceSize, voxelCount } from '../../core/grid.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../../core/volume.ts';
import type { NiftiImage } from './read.ts';
import type { NiftiSidecar } from './sidecar.ts';
import { stackSlices } from './stack.ts';

export interface NiftiSeriesFile {
  readonly image: NiftiImage;
  readonly sidecar?: NiftiSidecar;
}

export interface NiftiSeriesOptions {
  /** Spin-lock times in ms, in the order of the volumes; overrides the sidecars. */
  readonly tslMs?: readonly number[];
  /** Which sidecar entry holds the spin-lock time; default `sidecar` (`SpinLockTime`). */
  readonly tslFrom?: 'sidecar' | 'echo-time';
}

export interface NiftiSeries extends SpinLockSeries {
  /** Where the affine comes from; with `none`, left and right of the patient are unknown. */
  readonly orientation: NiftiImage['orientation'];
}

/** Spin-lock series have 2 to some 30 images; dynamic series of other kinds reach hundreds. */
const MAX_VOLUMES = 1000;

/** One 3-D image of a file, and its time where a sidecar gives it. */
interface Volume {
  readonly label: string;
  readonly grid: Grid;
  readonly values: Float32Array;
  readonly tslMs?: number;
}

/**
 * @throws DataError if the images do not form one series, OptionError if the times given do not fit them.
 */
export function assembleNiftiSeries(
  files: readonly NiftiSeriesFile[],
  options: NiftiSeriesOptions = {},
): NiftiSeries {
  const first = files[0];
  if (!first) throw new DataError('series/empty', 'No images were given.');
  const volumes = files.flatMap((file) => volumesOf(file, options));
  const groups = groupByPosition(volumes);
  const tslMs = timesOf(groups[0]!, options);
  const images = groups.map((group) => inOrderOf(tslMs, group, options));
  const { orientation, grid } = first.image;
  if (groups.length === 1) {
    // A 4-D file is in the right order already: no copy.
    const signal = files.length === 1 ? first.image.values : concatenate(images[0]!);
    return { ...createSpinLockSeries(grid, tslMs, signal), orientation };
  }
  const stack = stackSlices(groups.map((group) => group[0]!));
  const signal = stackedSignal(stack.grid, stack.order, images);
  return { ...createSpinLockSeries(stack.grid, tslMs, signal), orientation };
}

function volumesOf({ image, sidecar }: NiftiSeriesFile, options: NiftiSeriesOptions): Volume[] {
  if (image.nVolumes > MAX_VOLUMES)
    throw new DataError(
      'series/volumes',
      `${image.name}: ${image.nVolumes} volumes are no spin-lock series.`,
    );
  const times = options.tslMs ? undefined : sidecarTimes(image, sidecar, options);
  const n = voxelCount(image.grid);
  return Array.from({ length: image.nVolumes }, (_, v) => ({
    label: image.nVolumes === 1 ? image.name : `${image.name} (volume ${v + 1})`,
    grid: image.grid,
    values: image.values.subarray(v * n, (v + 1) * n),
    ...(times && { tslMs: times[v]! }),
  }));
}

function sidecarTimes(
  image: NiftiImage,
  sidecar: NiftiSidecar | undefined,
  { tslFrom }: NiftiSeriesOptions,
): readonly number[] {
  const key = tslFrom === 'echo-time' ? 'EchoTime' : 'SpinLockTime';
  const times = tslFrom === 'echo-time' ? sidecar?.echoTimeMs : sidecar?.spinLockTimeMs;
  if (!times)
    throw new OptionError(
      'series/no-times',
      `${image.name}: the spin-lock times are not known; give them with --tsl (ms), or ${key} (s) in ` +
        `${sidecar?.name ?? 'a sidecar JSON file'}.`,
    );
  if (times.length !== image.nVolumes)
    throw new DataError(
      'series/time-count',
      `${sidecar!.name}: ${key} lists ${times.length} times, but ${image.name} has ${image.nVolumes} images.`,
    );
  return times;
}

function groupByPosition(volumes: readonly Volume[]): Volume[][] {
  const groups: Volume[][] = [];
  for (const volume of volumes) {
    const group = groups.find((g) => gridDifference(g[0]!.grid, volume.grid) === undefined);
    if (group) group.push(volume);
    else groups.push([volume]);
  }
  const [a, b] = groups;
  if (a && b && (a[0]!.grid.nSlices > 1 || b[0]!.grid.nSlices > 1))
    throw new DataError(
      'series/geometry',
      `${b[0]!.label} lies on another grid than ${a[0]!.label}: ` +
        `${gridDifference(a[0]!.grid, b[0]!.grid)}; all images of a series must share one.`,
    );
  const uneven = groups.find((g) => g.length !== a!.length);
  if (uneven)
    throw new DataError(
      'series/missing-image',
      `${a!.length} images lie where ${a![0]!.label} is, but ${uneven.length} where ${uneven[0]!.label} is: ` +
        'every slice needs one image for each spin-lock time.',
    );
  return groups;
}

function timesOf(group: readonly Volume[], { tslMs }: NiftiSeriesOptions): readonly number[] {
  if (!tslMs) return group.map((v) => v.tslMs!);
  if (tslMs.length !== group.length)
    throw new OptionError(
      'series/time-count',
      `${tslMs.length} spin-lock times were given for ${group.length} image${group.length === 1 ? '' : 's'} ` +
        `of ${describeSize(group[0]!.grid)} voxels.`,
    );
  return tslMs;
}

/** The values of a position's images in the order of `tslMs`; with times from sidecars, they say which is which. */
function inOrderOf(
  tslMs: readonly number[],
  group: readonly Volume[],
  options: NiftiSeriesOptions,
): Float32Array[] {
  if (options.tslMs) return group.map((v) => v.values);
  const left = [...group];
  return tslMs.map((tsl) => {
    const at = left.findIndex((v) => v.tslMs === tsl);
    if (at < 0)
      throw new DataError(
        'series/missing-image',
        `No image of ${tsl} ms lies where ${group[0]!.label} is, but other slices have one.`,
      );
    return left.splice(at, 1)[0]!.values;
  });
}

function concatenate(images: readonly Float32Array[]): Float32Array {
  const n = images[0]!.length;
  const signal = new Float32Array(n * images.length);
  images.forEach((image, i) => {
    signal.set(image, i * n);
  });
  return signal;
}

/** `[tsl, slice, row, column]` from images `[position][tsl]`, positions taken in `order`. */
function stackedSignal(
  grid: Grid,
  order: readonly number[],
  images: readonly (readonly Float32Array[])[],
): Float32Array {
  const n = sliceSize(grid);
  const signal = new Float32Array(images[0]!.length * grid.nSlices * n);
  order.forEach((position, slice) => {
    images[position]!.forEach((image, tsl) => {
      signal.set(image, (tsl * grid.nSlices + slice) * n);
    });
  });
  return signal;
}
