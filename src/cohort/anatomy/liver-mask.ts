/** The liver's parenchyma on a coarse lattice with every point's depth below the surface: where vessels may grow. */
import type { SampleBox } from '../scene.ts';
import { T } from './regions.ts';

export interface LiverMask {
  /** Depth below the liver's surface at a point, mm (to within a lattice step); 0 outside. */
  depthMm(x: number, y: number, z: number): number;
  /** Lattice points within the liver. */
  readonly points: readonly (readonly [number, number, number])[];
}

const STEP_MM = 4;

export function sampleLiver(labelsOf: (box: SampleBox) => Uint8Array): LiverMask {
  const [half, depth, low, high] = [168, 132, -160, 96];
  const size = [(2 * half) / STEP_MM + 1, (2 * depth) / STEP_MM + 1, (high - low) / STEP_MM + 1] as const;
  const originMm = [-half, -depth, low] as const;
  const labels = labelsOf({ originMm, stepMm: [STEP_MM, STEP_MM, STEP_MM], size });
  const steps = chamferDepth(labels, size);
  const points: [number, number, number][] = [];
  const [nx, ny, nz] = size;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        if (steps[(k * ny + j) * nx + i]! > 0)
          points.push([-half + i * STEP_MM, -depth + j * STEP_MM, low + k * STEP_MM]);
  const depthMm = (x: number, y: number, z: number): number => {
    const i = Math.round((x + half) / STEP_MM);
    const j = Math.round((y + depth) / STEP_MM);
    const k = Math.round((z - low) / STEP_MM);
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return 0;
    return steps[(k * ny + j) * nx + i]! * STEP_MM;
  };
  return { depthMm, points };
}

/** City-block distance to the nearest point outside the liver, in lattice steps: one sweep up, one down. */
function chamferDepth(labels: Uint8Array, [nx, ny, nz]: readonly [number, number, number]): Uint8Array {
  const out = new Uint8Array(labels.length);
  const strides = [1, nx, nx * ny];
  const inside = (i: number, j: number, k: number): boolean =>
    i > 0 && j > 0 && k > 0 && i < nx - 1 && j < ny - 1 && k < nz - 1;
  for (let k = 0, at = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, at++)
        if (labels[at] === T.liver && inside(i, j, k))
          out[at] = 1 + Math.min(254, ...strides.map((s) => out[at - s]!));
  for (let at = out.length - 1; at >= 0; at--)
    if (out[at]! > 0) out[at] = Math.min(out[at]!, ...strides.map((s) => 1 + out[at + s]!));
  return out;
}
