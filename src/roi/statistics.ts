/**
 * Numbers per region of interest: over each slice that the region touches, and over all of them together. Every finite
 * value counts, those at a cut-off with the cut-off's value (as in the paper); the counts by status say how many these
 * are. Percentiles interpolate linearly between ordered values (Hyndman & Fan type 7, NumPy's default).
 */
import { DataError, ShapeError } from '../core/errors.ts';
import { gridDifference, sliceSize } from '../core/grid.ts';
import { meanAndSd, quantileOfSorted } from '../core/statistics.ts';
import { VOXEL_STATUS_NAMES, type VoxelStatus } from '../core/status.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import type { WarningSink } from '../core/warnings.ts';

/** Moments and percentiles in the map's unit; NaN where there are too few values (none, or one for the SD). */
export interface ValueSummary {
  readonly nValues: number;
  readonly mean: number;
  /** Of the sample (divided by n − 1). */
  readonly standardDeviation: number;
  readonly percentile5: number;
  readonly percentile25: number;
  readonly median: number;
  readonly percentile75: number;
  readonly percentile95: number;
}

export interface RoiStatistics extends ValueSummary {
  readonly label: number;
  readonly name?: string;
  /** Slice index from 0; absent in the row over all slices. */
  readonly slice?: number;
  /** Voxels of the region, with or without a value. */
  readonly nVoxels: number;
  readonly nByStatus: Readonly<Record<VoxelStatus, number>>;
}

/** Voxels of one label in one slice. */
interface Tally {
  readonly values: number[];
  readonly nByStatus: number[];
}

/**
 * Rows ordered by label; within a label by slice, then the row over all slices. Labels that are named but absent from
 * the mask get that last row only, with no voxels.
 * @param warnings hears of regions without a single value.
 * @throws ShapeError if map and mask lie on different grids, DataError if the mask is empty.
 */
export function roiStatistics(map: ParametricMap, mask: Mask, warnings?: WarningSink): RoiStatistics[] {
  const difference = gridDifference(mask.grid, map.grid);
  if (difference !== undefined)
    throw new ShapeError(
      'roi/grid',
      `The mask does not lie on the grid of the ${map.name} map: ${difference}.`,
    );
  const tallies = tallyRegions(map, mask);
  if (tallies.size === 0)
    throw new DataError('roi/empty', 'The mask holds no region: all of its voxels are 0.');
  for (const label of mask.names?.keys() ?? []) if (!tallies.has(label)) tallies.set(label, new Map());
  return [...tallies]
    .sort(([a], [b]) => a - b)
    .flatMap(([label, slices]) => rowsOf(label, slices, map, mask.names?.get(label), warnings));
}

/** label → slice → tally; slices in ascending order because voxels are visited in order. */
function tallyRegions(map: ParametricMap, mask: Mask): Map<number, Map<number, Tally>> {
  const tallies = new Map<number, Map<number, Tally>>();
  const perSlice = sliceSize(map.grid);
  for (let slice = 0; slice < map.grid.nSlices; slice++) {
    // Neighbours mostly belong to one region: look up only where the label changes.
    let [own, tally] = [0, emptyTally()];
    for (let i = slice * perSlice; i < (slice + 1) * perSlice; i++) {
      const label = mask.labels[i]!;
      if (label === 0) continue;
      if (label !== own) {
        const slices = getOrCreate(tallies, label, () => new Map<number, Tally>());
        [own, tally] = [label, getOrCreate(slices, slice, emptyTally)];
      }
      tally.nByStatus[map.status[i]!]!++;
      if (Number.isFinite(map.values[i])) tally.values.push(map.values[i]!);
    }
  }
  return tallies;
}

const emptyTally = (): Tally => ({ values: [], nByStatus: VOXEL_STATUS_NAMES.map(() => 0) });

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

function rowsOf(
  label: number,
  slices: ReadonlyMap<number, Tally>,
  map: ParametricMap,
  name: string | undefined,
  warnings: WarningSink | undefined,
): RoiStatistics[] {
  const all: Tally = {
    values: [...slices.values()].flatMap((t) => t.values),
    nByStatus: VOXEL_STATUS_NAMES.map((_, s) => sum([...slices.values()].map((t) => t.nByStatus[s]!))),
  };
  const row = (tally: Tally, slice?: number): RoiStatistics => ({
    label,
    ...(name !== undefined && { name }),
    ...(slice !== undefined && { slice }),
    nVoxels: sum(tally.nByStatus),
    nByStatus: statusRecord(tally.nByStatus),
    ...summarise(tally.values),
  });
  const overall = row(all);
  if (overall.nValues === 0)
    warnings?.add('roi/no-values', name ?? `label ${label}`, emptyRegionMessage(overall, map.name));
  return [...[...slices].map(([slice, tally]) => row(tally, slice)), overall];
}

function emptyRegionMessage({ nVoxels, nByStatus }: RoiStatistics, mapName: string): string {
  if (nVoxels === 0) return 'the region has no voxel in the mask.';
  const reasons = VOXEL_STATUS_NAMES.filter((s) => nByStatus[s] > 0).map((s) => `${s} ${nByStatus[s]}`);
  return `none of its ${nVoxels} voxels has a ${mapName} value (${reasons.join(', ')}).`;
}

function statusRecord(counts: readonly number[]): Record<VoxelStatus, number> {
  return Object.fromEntries(VOXEL_STATUS_NAMES.map((s, i) => [s, counts[i]!])) as Record<VoxelStatus, number>;
}

/** Summary of finite numbers, in any order; the array is left as it is. */
export function summarise(values: readonly number[] | Float32Array): ValueSummary {
  const sorted = Float64Array.from(values).sort();
  const { n: nValues, mean, standardDeviation } = meanAndSd(sorted);
  return {
    nValues,
    mean,
    standardDeviation,
    percentile5: quantileOfSorted(sorted, 0.05),
    percentile25: quantileOfSorted(sorted, 0.25),
    median: quantileOfSorted(sorted, 0.5),
    percentile75: quantileOfSorted(sorted, 0.75),
    percentile95: quantileOfSorted(sorted, 0.95),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
