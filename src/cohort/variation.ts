/**
 * What differs between the images of one slice besides the spin-lock time: gain, blood, the beating heart, and where
 * the patient has breathed to. Each image draws its own; `draw` 0 is the image that was acquired, higher numbers are
 * other images that the same patient could have given (for the information floor).
 */
import type { Random } from '../core/random.ts';
import type { CohortParameters } from './parameters.ts';
import { type PlaneGrid, type SpatialFunction, sampleSmooth } from './plane.ts';
import { drawSmoothFunction } from './smooth-gain.ts';

/** Variation of one image. */
export interface ImageVariation {
  /** Gain over the fine grid `[row, column]`. */
  readonly gain: Float32Array;
  /** Factor on each kind of blood, in the order of `BLOOD`. */
  readonly blood: readonly number[];
}

/** A displacement in mm that is largest at the front and dies out towards the spine. */
export interface Motion {
  readonly rightMm: number;
  readonly frontMm: number;
}

/**
 * Draws the variation of an image whose spin-lock time is `tslShare` of the longest: what drifts in the transmitter
 * acts as long as the lock lasts. `random` is the image's own stream.
 */
export function drawVariation(
  random: Random,
  tslShare: number,
  nBlood: number,
  grid: PlaneGrid,
  { gainSdFirst, gainSdLast, smoothSd, bloodSd, cardiacSd }: CohortParameters['variation'],
): ImageVariation {
  const gain = 1 + (gainSdFirst + (gainSdLast - gainSdFirst) * tslShare) * random.fork('gain').normal();
  const smooth = drawSmoothFunction(random.fork('smooth'));
  const cardiac = Math.min(0.9, Math.abs(cardiacSd * random.fork('cardiac').normal()));
  const heart = besideTheHeart(grid.originMm[2]);
  const value: SpatialFunction = (x, y, z) =>
    Math.max(0.05, gain * (1 + smoothSd * smooth(x, y, z)) * (1 - cardiac * heart(x, y, z)));
  const bloodRandom = random.fork('blood');
  return {
    gain: sampleSmooth(grid, value),
    blood: Array.from({ length: nBlood }, () => Math.max(0, 1 + bloodSd * bloodRandom.normal())),
  };
}

/** 1 under the heart (left of the middle, in front), falling off over 4 cm, and downwards over 5 cm from the dome. */
function besideTheHeart(zMm: number): SpatialFunction {
  const height = Math.min(1, Math.exp((zMm - 15) / 30));
  return (x, y) => height * Math.exp(-((x + 35) ** 2 + (y - 60) ** 2) / (2 * 40 * 40));
}

/** Which image of a slice was taken in another breathing position, and by how much. */
export interface SliceMotion {
  readonly tslIndex: number;
  readonly motion: Motion;
}

const drawMotion = (random: Random, pixelSizeMm: number, p: CohortParameters['motion']): Motion => {
  const length = pixelSizeMm * (p.minPixels + (p.maxPixels - p.minPixels) * random.uniform());
  // Mostly to the front and back, as breathing moves the liver within an axial slice.
  const angle = 0.5 * random.normal();
  const sign = random.uniform() < 0.5 ? -1 : 1;
  return { rightMm: sign * length * Math.sin(angle), frontMm: sign * length * Math.cos(angle) };
};

/** What motion of a slice depends on. */
export interface MotionContext {
  /** Does this patient move? */
  readonly moves: boolean;
  readonly nTsl: number;
  /** TSL numbers of the images that a method is given. */
  readonly given: readonly number[];
  readonly pixelSizeMm: number;
  readonly parameters: CohortParameters['motion'];
}

/**
 * Motion of one slice's breath-hold, as acquired (`draw` 0) or as it could have been with the given images as they
 * are: if one of those moved, the others did not; else another may have moved, with the probability that remains.
 */
export function drawSliceMotion(
  random: Random,
  { moves, nTsl, given, pixelSizeMm, parameters }: MotionContext,
  draw: number,
): SliceMotion | undefined {
  const among = (stream: Random, tsls: readonly number[]): SliceMotion => ({
    tslIndex: tsls[stream.integer(tsls.length)]!,
    motion: drawMotion(stream, pixelSizeMm, parameters),
  });
  const all = Array.from({ length: nTsl }, (_, i) => i);
  const acquired = moves ? among(random.fork('acquired'), all) : undefined;
  if (draw === 0 || (acquired !== undefined && given.includes(acquired.tslIndex))) return acquired;
  const others = all.filter((i) => !given.includes(i));
  const hidden = parameters.probability * (others.length / nTsl);
  const seen = parameters.probability - hidden;
  const again = random.fork(`draw-${draw}`);
  return again.uniform() < hidden / (1 - seen) ? among(again, others) : undefined;
}

/** Moves an object plane: bilinear, on the fine grid. */
export function displace(plane: Float32Array, grid: PlaneGrid, motion: Motion): Float32Array {
  const { nColumns, nRows, stepMm, originMm } = grid;
  const out = new Float32Array(plane.length);
  for (let row = 0; row < nRows; row++) {
    const y = originMm[1] + row * stepMm[1];
    // Nothing at the spine (about 60 mm behind the middle), everything from the middle forwards.
    const weight = Math.min(1, Math.max(0, (y + 60) / 60));
    const v = row - (weight * motion.frontMm) / stepMm[1];
    const j = Math.floor(v);
    if (j < 0 || j >= nRows - 1) continue;
    const shift = (weight * motion.rightMm) / stepMm[0];
    const [fv, base] = [v - j, j * nColumns];
    const whole = Math.floor(-shift);
    const fu = -shift - whole;
    for (let column = 0; column < nColumns; column++) {
      const i = column + whole;
      if (i < 0 || i >= nColumns - 1) continue;
      const at = base + i;
      const upper = plane[at]! * (1 - fu) + plane[at + 1]! * fu;
      const lower = plane[at + nColumns]! * (1 - fu) + plane[at + nColumns + 1]! * fu;
      out[row * nColumns + column] = upper * (1 - fv) + lower * fv;
    }
  }
  return out;
}
