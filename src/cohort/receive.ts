/**
 * The receive side: the coil's shading that the vendor corrects in part, the noise of parallel imaging that is
 * largest in the middle of the body, and the mask with which the vendor blanks air.
 */
import type { Random } from '../core/random.ts';
import type { CohortParameters } from './parameters.ts';
import { type PlaneGrid, sampleSmooth } from './plane.ts';
import { type SliceScene, TISSUE_INDEX } from './scene.ts';

/** Maps of one slice. */
export interface Receive {
  /** Sensitivity on the fine grid `[row, column]`, 1 at the centre of the body. */
  readonly sensitivity: Float32Array;
  /** Vendor's correction on the stored matrix `[row, column]`. */
  readonly correction: Float32Array;
  /** Factor on the noise, stored matrix `[row, column]`. */
  readonly noiseGain: Float32Array;
  /** 1 in the body, 0 or less than 1/10 in air, stored matrix `[row, column]`. */
  readonly mask: Float32Array;
}

/** Half-widths of a body, mm: where the coil's elements lie. */
const BODY_MM = [180, 110] as const;

export function createReceive(
  scene: SliceScene,
  fine: PlaneGrid,
  stored: PlaneGrid,
  { receive, noise }: Pick<CohortParameters, 'receive' | 'noise'>,
  airFactor: number,
  random: Random,
): Receive {
  const [tiltX, tiltY] = [0.3 * random.normal(), 0.3 * random.normal()];
  const logSensitivity = (x: number, y: number): number => {
    const [u, v] = [x / BODY_MM[0], y / BODY_MM[1]];
    return receive.shading * (Math.min(2, u * u + v * v) + tiltX * u + tiltY * v);
  };
  const sensitivity = sampleSmooth(fine, (x, y) => Math.exp(logSensitivity(x, y)));
  const correction = sampleSmooth(stored, (x, y) => Math.exp(-receive.corrected * logSensitivity(x, y)));
  const gFactor = sampleSmooth(
    stored,
    (x, y) => 1 + noise.gFactor * Math.exp(-((x / 90) ** 2 + (y / 60) ** 2)),
  );
  const noiseGain = correction.map((c, i) => c * gFactor[i]!);
  return { sensitivity, correction, noiseGain, mask: bodyMask(scene, stored, airFactor) };
}

/** Reference scans are coarse: their outline follows the body over about 8 mm and stays a little outside it. */
const MASK_RADIUS_MM = 8;
const MASK_THRESHOLD = 0.15;

function bodyMask(scene: SliceScene, stored: PlaneGrid, airFactor: number): Float32Array {
  const air = scene.fractions.get(TISSUE_INDEX.air);
  const n = stored.nColumns;
  const body = new Float32Array(n * n).fill(1);
  if (air !== undefined) {
    const ratio = scene.nColumns / n;
    for (let row = 0; row < n; row++)
      for (let column = 0; column < n; column++) {
        const at =
          Math.min(scene.nRows - 1, Math.floor((row + 0.5) * ratio)) * scene.nColumns +
          Math.min(scene.nColumns - 1, Math.floor((column + 0.5) * ratio));
        body[row * n + column] = 1 - air[at]!;
      }
  }
  const radius = Math.round(MASK_RADIUS_MM / Math.abs(stored.stepMm[0]));
  const smooth = boxBlur(boxBlur(body, n, radius), n, radius);
  return smooth.map((value) => (value > MASK_THRESHOLD ? 1 : airFactor));
}

/** Mean over (2·radius + 1)² pixels by running sums; pixels beyond the border count as 0. */
function boxBlur(image: Float32Array, n: number, radius: number): Float32Array {
  const width = 2 * radius + 1;
  const pass = (from: Float32Array, stride: number, lineStride: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let l = 0; l < n; l++) {
      let sum = 0;
      for (let i = -radius; i < n; i++) {
        if (i + radius < n) sum += from[l * lineStride + (i + radius) * stride]!;
        if (i - radius - 1 >= 0) sum -= from[l * lineStride + (i - radius - 1) * stride]!;
        if (i >= 0) to[l * lineStride + i * stride] = sum / width;
      }
    }
    return to;
  };
  return pass(pass(image, 1, n), n, 1);
}
