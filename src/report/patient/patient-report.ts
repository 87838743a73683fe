import type { Mask, ParametricMap } from '../../core/volume.ts';
import type { Warning } from '../../core/warnings.ts';
import type { RefinedRoi } from '../../roi/refine.ts';
import type { RegionReport } from '../../roi/region-report.ts';
import type { InputCheck } from '../../uncertainty/input-checks.ts';

/** What the page of one patient shows; all maps on one grid. */
export interface PatientReport {
  readonly title: string;
  readonly rhomap: string;
  readonly usedTslMs: readonly [number, number];
  readonly cutoffMs: readonly [number, number];
  /** Signal of the first image `[slice, row, column]`. */
  readonly firstImage: Float32Array;
  readonly t1rho: ParametricMap;
  readonly uncertainty?: ParametricMap | undefined;
  readonly coarse: ParametricMap;
  /** Map of all images, where there were more than two. */
  readonly reference?: ParametricMap | undefined;
  readonly roi?: Mask | undefined;
  readonly refined?: RefinedRoi | undefined;
  readonly regions: readonly RegionReport[];
  readonly check: InputCheck;
  readonly warnings: readonly Warning[];
  readonly hasOrientation: boolean;
  readonly isCalibrated: boolean;
  /** How it was made: terms and values, for the fold at the end. */
  readonly facts: readonly (readonly [term: string, value: string])[];
}
