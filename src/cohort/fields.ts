/**
 * The fields a patient sees: ΔB0 from the susceptibility of the anatomy, shimmed on the liver, and B1 from a smooth
 * dielectric pattern. ΔB0 is solved on a coarse 3-D grid from lung to abdomen and interpolated to the slices.
 *
 * Left out: the field of the shim coils beyond second order, and susceptibility inside the lung's structure.
 */
import type { Random } from '../core/random.ts';
import type { DipoleSolver } from './dipole.ts';
import type { CohortParameters } from './parameters.ts';
import { type PlaneGrid, sampleSmooth } from './plane.ts';
import { type Anatomy, type SampleBox, TISSUE_INDEX, TISSUES, type Tissue } from './scene.ts';
import { fitShim } from './shim.ts';
import { drawTransmitField } from './transmit.ts';

/** Protons, MHz per tesla: also Hz per tesla and ppm. */
const GYROMAGNETIC_MHZ_PER_T = 42.577;

/** The grid on which the dipole field is solved: 416 × 320 × 320 mm around the slices. */
export const FIELD_SIZE: readonly [number, number, number] = [64, 64, 64];
export const FIELD_STEP_MM: readonly [number, number, number] = [6.5, 5, 5];

/** ΔB0 and B1 on one slice's grid, both `[row, column]`. */
export interface SliceFields {
  /** Hz. */
  readonly b0Hz: Float32Array;
  /** Relative to nominal. */
  readonly b1: Float32Array;
}

export interface PatientFields {
  onPlane(grid: PlaneGrid): SliceFields;
}

/** Solves one patient's fields. */
export function createPatientFields(
  anatomy: Anatomy,
  parameters: CohortParameters['fields'],
  solver: DipoleSolver,
  random: Random,
): PatientFields {
  const half = (d: 0 | 1 | 2): number => (-(FIELD_SIZE[d] - 1) / 2) * FIELD_STEP_MM[d];
  const box: SampleBox = { originMm: [half(0), half(1), half(2)], stepMm: FIELD_STEP_MM, size: FIELD_SIZE };
  const fine = fineLabels(anatomy, box);
  const labels = everySecond(fine);
  const field = withinTissue(solver.solve(meanSusceptibility(fine, parameters)), labels);
  const hzPerPpm = GYROMAGNETIC_MHZ_PER_T * parameters.fieldStrengthT * parameters.b0Scale;
  for (let i = 0; i < field.length; i++) field[i] = field[i]! * hzPerPpm;
  const shim = fitShim(shimSamples(box, labels, field, parameters.shimBoxMm), parameters.shimOrder);
  const offsetHz = parameters.centreFrequencySdHz * random.fork('centre-frequency').normal();
  const transmit = drawTransmitField(box, labels, parameters, random.fork('b1'));

  return {
    onPlane: (grid) => ({
      b0Hz: sampleSmooth(grid, (x, y, z) => trilinear(field, box, x, y, z) - shim(x, y, z) + offsetHz),
      b1: sampleSmooth(grid, transmit),
    }),
  };
}

/** Whether a tissue gives signal from which its field is seen. */
const HAS_SIGNAL: Uint8Array = Uint8Array.from(TISSUES, (tissue) =>
  tissue === 'air' || tissue === 'gas' || tissue === 'lung' ? 0 : 1,
);

/**
 * Smooths a field over neighbouring samples of tissue alone (weights 1, 2, 1 along each axis), and so continues it
 * into air and lung: at a surface the field jumps, and samples of either side must not be mixed.
 */
function withinTissue(field: Float32Array, labels: Uint8Array): Float32Array {
  const weight = Float32Array.from(labels, (label) => HAS_SIGNAL[label]!);
  const value = field.map((v, i) => v * weight[i]!);
  const [nx, ny] = FIELD_SIZE;
  for (const stride of [1, nx, nx * ny])
    for (const array of [weight, value]) {
      for (let start = 0; start < stride; start++) {
        let previous = array[start]!;
        for (let i = start; i < array.length; i += stride) {
          const here = array[i]!;
          const next = i + stride < array.length ? array[i + stride]! : here;
          array[i] = (previous + 2 * here + next) / 4;
          previous = here;
        }
      }
    }
  return field.map((v, i) => (weight[i]! > 0 ? value[i]! / weight[i]! : v));
}

/** Tissues at 2×2 points in the plane around every sample: `[slice, 2·row, 2·column]`. */
const fineLabels = (anatomy: Anatomy, { originMm, stepMm, size }: SampleBox): Uint8Array =>
  anatomy.labels({
    originMm: [originMm[0] - stepMm[0] / 4, originMm[1] - stepMm[1] / 4, originMm[2]],
    stepMm: [stepMm[0] / 2, stepMm[1] / 2, stepMm[2]],
    size: [2 * size[0], 2 * size[1], size[2]],
  });

/** Calls with the index of every fine label and of the sample it belongs to. */
function eachFine(visit: (fine: number, sample: number, isFirst: boolean) => void): void {
  const [nx, ny, nz] = FIELD_SIZE;
  for (let k = 0, fine = 0; k < nz; k++)
    for (let j = 0; j < 2 * ny; j++)
      for (let i = 0; i < 2 * nx; i++, fine++)
        visit(fine, (k * ny + (j >> 1)) * nx + (i >> 1), (i & 1) === 0 && (j & 1) === 0);
}

/** One label per sample. */
function everySecond(fine: Uint8Array): Uint8Array {
  const out = new Uint8Array(fine.length / 4);
  eachFine((from, to, isFirst) => {
    if (isFirst) out[to] = fine[from]!;
  });
  return out;
}

/** χ relative to air, ppm, around every sample: the mean of its fine labels, lest edges become steps. */
function meanSusceptibility(fine: Uint8Array, parameters: CohortParameters['fields']): Float32Array {
  const table = susceptibilityTable(parameters);
  const out = new Float32Array(fine.length / 4);
  eachFine((from, to) => {
    out[to]! += table[fine[from]!]! / 4;
  });
  return out;
}

/** χ relative to air, ppm, by tissue. */
function susceptibilityTable(parameters: CohortParameters['fields']): Float64Array {
  const { airPpm, lungPpm, fatPpm, bonePpm, tissuePpm } = parameters;
  const special: Partial<Record<Tissue, number>> = {
    air: airPpm,
    gas: airPpm,
    lung: lungPpm,
    fat: fatPpm,
    bone: bonePpm,
  };
  return Float64Array.from(TISSUES, (tissue) => (special[tissue] ?? tissuePpm) - airPpm);
}

/** Field samples of tissue in the shim box, which sits on the middle of the liver near the slices. */
function shimSamples(
  { originMm, stepMm, size }: SampleBox,
  labels: Uint8Array,
  field: Float32Array,
  boxMm: readonly [number, number, number],
): Float64Array {
  const each = (visit: (x: number, y: number, z: number, index: number) => void): void => {
    for (let k = 0, index = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++)
        for (let i = 0; i < size[0]; i++, index++)
          visit(originMm[0] + i * stepMm[0], originMm[1] + j * stepMm[1], originMm[2] + k * stepMm[2], index);
  };
  const centre = [0, 0];
  let n = 0;
  each((x, y, z, index) => {
    if (labels[index] !== TISSUE_INDEX.liver || Math.abs(z) > boxMm[2] / 2) return;
    centre[0] = centre[0]! + x;
    centre[1] = centre[1]! + y;
    n++;
  });
  if (n === 0) return new Float64Array(0);
  const [cx, cy] = [centre[0]! / n, centre[1]! / n];
  const samples: number[] = [];
  each((x, y, z, index) => {
    const inside =
      Math.abs(x - cx) < boxMm[0] / 2 && Math.abs(y - cy) < boxMm[1] / 2 && Math.abs(z) < boxMm[2] / 2;
    if (inside && HAS_SIGNAL[labels[index]!]) samples.push(x, y, z, field[index]!);
  });
  return Float64Array.from(samples);
}

/** Value between the samples of a box; held constant beyond it. */
function trilinear(values: Float32Array, box: SampleBox, x: number, y: number, z: number): number {
  const [nx, ny, nz] = box.size;
  const at = (p: number, d: 0 | 1 | 2, n: number): number =>
    Math.min(n - 1.000001, Math.max(0, (p - box.originMm[d]) / box.stepMm[d]));
  const [u, v, w] = [at(x, 0, nx), at(y, 1, ny), at(z, 2, nz)];
  const [i, j, k] = [Math.floor(u), Math.floor(v), Math.floor(w)];
  const [fx, fy, fz] = [u - i, v - j, w - k];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [a, b, c] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (a ? fx : 1 - fx) * (b ? fy : 1 - fy) * (c ? fz : 1 - fz);
    sum += weight * values[((k + c) * ny + j + b) * nx + i + a]!;
  }
  return sum;
}
