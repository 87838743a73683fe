/** Numbers of regions as content of a DICOM report, by label, over all slices of a region. */
import type { ParametricMap } from '../core/volume.ts';
import { CODES, type Code, privateCode, quantityCode, unitCode } from '../io/dicom/results/codes.ts';
import type { NumberContent } from '../io/dicom/results/content-item.ts';
import type { RegionReport } from '../roi/region-report.ts';
import type { RoiStatistics, ValueSummary } from '../roi/statistics.ts';

type Numbers = Map<number, readonly NumberContent[]>;
type Named = Pick<ParametricMap, 'name' | 'unit'>;

/** Of a fit: mean, SD, median, and how many voxels they are of. */
export const statisticsNumbers = (rows: readonly RoiStatistics[], map: Named): Numbers =>
  overall(rows, (row) => [...summaryNumbers(row, map), count(N_VOXELS, row.nVoxels)]);

/** Of a refined map: the same before or after refinement, with the intervals of the mean, the threshold and what it removed. */
export const reportNumbers = (
  rows: readonly RegionReport[],
  when: 'before' | 'refined',
  map: Named,
): Numbers =>
  overall(rows, (row) => {
    const numbers = row[when];
    if (!numbers) return [];
    const unit = unitCode(map.unit);
    return [
      ...summaryNumbers(numbers, map),
      count(N_VOXELS, row.nVoxels),
      ...numbers.intervals.flatMap(({ of, levels }) =>
        levels.flatMap(({ level, rangeMs }) =>
          rangeMs
            ? [
                { name: limit('LOW', 'Lower', level, of), unit, value: rangeMs[0] },
                { name: limit('HIGH', 'Upper', level, of), unit, value: rangeMs[1] },
              ]
            : [],
        ),
      ),
      ...(when === 'refined' && row.refined ? refinementNumbers(row.refined, row.nVoxels) : []),
    ];
  });

function refinementNumbers(
  { thresholdMs, nKept }: NonNullable<RegionReport['refined']>,
  nVoxels: number,
): NumberContent[] {
  return [
    { name: THRESHOLD, unit: unitCode('ms'), value: thresholdMs },
    { name: REMOVED, unit: unitCode('%'), value: (100 * (nVoxels - nKept)) / nVoxels },
  ];
}

const overall = <R extends { readonly label: number; readonly slice?: number }>(
  rows: readonly R[],
  numbers: (row: R) => readonly NumberContent[],
): Numbers =>
  new Map(rows.filter(({ slice }) => slice === undefined).map((row) => [row.label, numbers(row)]));

function summaryNumbers(summary: ValueSummary, map: Named): NumberContent[] {
  const [name, unit] = [quantityCode(map.name), unitCode(map.unit)];
  return [
    { name, unit, value: summary.mean, derivation: CODES.mean },
    { name, unit, value: summary.standardDeviation, derivation: CODES.standardDeviation },
    { name, unit, value: summary.median, derivation: CODES.median },
    count(N_VALUES, summary.nValues),
  ];
}

const count = (name: Code, value: number): NumberContent => ({ name, unit: unitCode('{voxels}'), value });

const N_VALUES = privateCode('NVALUES', 'Number of voxels with a value');
const N_VOXELS = privateCode('NVOXELS', 'Number of voxels of the region');
const THRESHOLD = privateCode('THRESHOLD', 'Uncertainty above which voxels were removed');
const REMOVED = privateCode('REMOVED', 'Share of the voxels that were removed');

const limit = (value: string, end: string, level: number, of: string): Code =>
  privateCode(
    `${value}${Math.round(1000 * level)}${of.slice(0, 4).toUpperCase()}`,
    `${end} limit of the ${100 * level} % interval of the mean (${of})`.slice(0, 64),
  );
