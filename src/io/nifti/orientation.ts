/**
 * Where the voxels lie: the affine from `sform`, else from `qform`, else from voxel sizes alone (nifti1.h, methods 3,
 * 2 and 1). The last says nothing about left and right: like nibabel and FSL we then take columns to run to the
 * patient's left and put the middle of the image at the origin, and say so.
 */
import { type Affine, determinant, voxelSizeMm } from '../../core/affine.ts';
import { FormatError } from '../../core/errors.ts';
import { gridDifference } from '../../core/grid.ts';
import type { WarningSink } from '../../core/warnings.ts';
import type { NiftiHeader } from './header.ts';

export interface NiftiOrientation {
  /** Voxel indices to RAS mm, the one to use. */
  readonly affine: Affine;
  /** Where it comes from; with `none`, left and right of the patient are unknown. */
  readonly orientation: 'sform' | 'qform' | 'none';
  /** Both transforms of the file in RAS mm, where set and valid. */
  readonly sform?: Affine;
  readonly qform?: Affine;
}

/** Quaternions are float32: at half a turn rounding makes 1 − b² − c² − d² this far from 0 (nibabel's threshold). */
const QUATERNION_ROUNDING = 3 * 2 ** -23;
/** Beyond this the three numbers are no rotation at all. */
const QUATERNION_EXCESS = 1e-3;
/** The float32 quaternion moves corners of a body-sized image by less than this. */
const FORM_TOLERANCE_MM = 0.1;

/**
 * @throws FormatError if the header claims a transform but holds none that spans three dimensions.
 */
export function niftiOrientation(
  header: NiftiHeader,
  where: string,
  warnings: WarningSink,
): NiftiOrientation {
  const sform = header.sformCode > 0 ? validOr(sformAffine(header), 'sform', where, warnings) : undefined;
  const qform = header.qformCode > 0 ? validOr(qformAffine(header), 'qform', where, warnings) : undefined;
  const forms = { ...(sform && { sform }), ...(qform && { qform }) };
  if (sform && qform) {
    const { nColumns, nRows, nSlices } = header;
    const size = { nColumns, nRows, nSlices };
    const difference = gridDifference(
      { ...size, affine: sform },
      { ...size, affine: qform },
      FORM_TOLERANCE_MM,
    );
    if (difference !== undefined)
      warnings.add('nifti/two-forms', where, `sform and qform disagree (${difference}); sform is used.`);
  }
  if (sform) return { affine: sform, orientation: 'sform', ...forms };
  if (qform) return { affine: qform, orientation: 'qform', ...forms };
  if (header.sformCode > 0 || header.qformCode > 0)
    throw new FormatError(
      'nifti/affine',
      where,
      'sform and qform hold no valid transform (not finite, or flat): repair the header.',
    );
  warnings.add(
    'nifti/no-orientation',
    where,
    'neither sform nor qform is set: voxel sizes are known, but not which side is left.',
  );
  return { affine: centredAffine(header), orientation: 'none' };
}

function validOr(
  affine: Affine | undefined,
  form: string,
  where: string,
  warnings: WarningSink,
): Affine | undefined {
  if (affine && isUsable(affine)) return affine;
  warnings.add('nifti/affine', where, `${form} holds no valid transform and is ignored.`);
  return undefined;
}

/** Voxel edges and positions a scanner can mean; outside, products of them overflow or vanish. */
const isPlausibleEdge = (mm: number): boolean => mm > 1e-6 && mm < 1e6;
const MAX_POSITION_MM = 1e9;

/** Finite, of plausible size, and with a voxel volume that is not nothing beside its edges (axes not in a plane). */
function isUsable(affine: Affine): boolean {
  const edges = voxelSizeMm(affine);
  const isFlat = !(Math.abs(determinant(affine)) > 1e-6 * edges[0] * edges[1] * edges[2]);
  const isFar = [3, 7, 11].some((i) => !(Math.abs(affine[i]!) < MAX_POSITION_MM));
  return edges.every(isPlausibleEdge) && !isFlat && !isFar;
}

function sformAffine({ srow, mmPerUnit }: NiftiHeader): Affine {
  return [...srow.map((v) => v * mmPerUnit), 0, 0, 0, 1];
}

function qformAffine(header: NiftiHeader): Affine | undefined {
  const [b, c, d] = header.quaternion as [number, number, number];
  const rest = 1 - (b * b + c * c + d * d);
  if (!(rest > -QUATERNION_EXCESS)) return undefined;
  const a = rest < QUATERNION_ROUNDING ? 0 : Math.sqrt(rest);
  const steps = stepsMm(header);
  const qfac = header.pixdim[0]! < 0 ? -1 : 1;
  const scale = [steps[0]!, steps[1]!, steps[2]! * qfac];
  return rotationRows(a, b, c, d)
    .flatMap((row, r) => [
      ...row.map((v, column) => v * scale[column]!),
      header.qoffset[r]! * header.mmPerUnit,
    ])
    .concat(0, 0, 0, 1);
}

/** Rotation matrix of a quaternion, normalised. */
function rotationRows(a: number, b: number, c: number, d: number): number[][] {
  const s = 2 / (a * a + b * b + c * c + d * d);
  return [
    [1 - s * (c * c + d * d), s * (b * c - a * d), s * (b * d + a * c)],
    [s * (b * c + a * d), 1 - s * (b * b + d * d), s * (c * d - a * b)],
    [s * (b * d - a * c), s * (c * d + a * b), 1 - s * (b * b + c * c)],
  ];
}

/** Voxel steps in mm; a missing one (a 2-D image has no slice step) counts as 1, as in the reference library. */
function stepsMm({ pixdim, mmPerUnit }: NiftiHeader): number[] {
  return [1, 2, 3].map((i) => {
    const step = Math.abs(pixdim[i]!) * mmPerUnit;
    return isPlausibleEdge(step) ? step : 1;
  });
}

function centredAffine(header: NiftiHeader): Affine {
  const [x, y, z] = stepsMm(header) as [number, number, number];
  const middle = (n: number, step: number): number => ((n - 1) / 2) * step;
  return [
    ...[-x, 0, 0, middle(header.nColumns, x)],
    ...[0, y, 0, -middle(header.nRows, y)],
    ...[0, 0, z, -middle(header.nSlices, z)],
    ...[0, 0, 0, 1],
  ];
}
