/**
 * How a border looks: the mean signal along normals from inside one tissue to inside another. The acquired pixel, the
 * echo train's blur and a border that slants through the slice's thickness all widen it; ringing overshoots.
 */
/** Positions along the normal, mm; negative inside. */
export const PROFILE_MM: readonly number[] = Array.from({ length: 25 }, (_, i) => 0.75 * (i - 12));
/** Beyond this both tissues must be pure, and the profile has reached its plateau from 6 mm on. */
const [PURE_FROM_MM, PLATEAU_FROM_MM] = [1.5, 6];
/** Fewer places say little. */
const MIN_PLACES = 12;

export interface EdgeProfile {
  /** Signal at `PROFILE_MM`: 1 on the inner plateau, 0 on the outer. */
  readonly signal: readonly number[];
  /** From 90 % to 10 %, mm. */
  readonly widthMm: number;
  /** How far the profile rises above the inner plateau within 6 mm of the border, as a part of the step. */
  readonly overshoot: number;
  readonly nPlaces: number;
}

/** Labels and image of one slice, square, `[row, column]`. */
export interface LabelledSlice {
  readonly n: number;
  readonly pixelMm: number;
  readonly labels: Uint8Array;
  readonly image: Float32Array;
}

/** Mean profile of the borders from tissue `inner` to tissue `outer`; `undefined` where there are too few. */
export function edgeProfile(slice: LabelledSlice, inner: number, outer: number): EdgeProfile | undefined {
  const { n, labels, pixelMm, image } = slice;
  const inside = blurred(
    Float32Array.from(labels, (label) => (label === inner ? 1 : 0)),
    n,
  );
  const sum = PROFILE_MM.map(() => 0);
  let nPlaces = 0;
  const margin = Math.ceil(PROFILE_MM.at(-1)! / pixelMm) + 2;
  for (let row = margin; row < n - margin; row++)
    for (let column = margin; column < n - margin; column++) {
      const i = row * n + column;
      if (labels[i] !== inner || ![i - 1, i + 1, i - n, i + n].some((j) => labels[j] === outer)) continue;
      const [gx, gy] = [inside[i - 1]! - inside[i + 1]!, inside[i - n]! - inside[i + n]!];
      const length = Math.hypot(gx, gy);
      if (length === 0) continue;
      const at = (mm: number): [number, number] => [
        column + (mm * gx) / (length * pixelMm),
        row + (mm * gy) / (length * pixelMm),
      ];
      const isPure = PROFILE_MM.every((mm) => {
        const [x, y] = at(mm).map(Math.round) as [number, number];
        return Math.abs(mm) < PURE_FROM_MM || labels[y * n + x] === (mm < 0 ? inner : outer);
      });
      if (!isPure) continue;
      for (const [p, mm] of PROFILE_MM.entries()) sum[p]! += bilinear(image, n, ...at(mm));
      nPlaces++;
    }
  return nPlaces < MIN_PLACES
    ? undefined
    : describe(
        sum.map((s) => s / nPlaces),
        nPlaces,
      );
}

function describe(mean: readonly number[], nPlaces: number): EdgeProfile {
  const plateau = (isThere: (mm: number) => boolean): number => {
    const values = mean.filter((_, p) => isThere(PROFILE_MM[p]!));
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  const high = plateau((mm) => mm <= -PLATEAU_FROM_MM);
  const low = plateau((mm) => mm >= PLATEAU_FROM_MM);
  const signal = mean.map((v) => (v - low) / (high - low));
  const near = signal.filter((_, p) => Math.abs(PROFILE_MM[p]!) < PLATEAU_FROM_MM);
  return {
    signal,
    widthMm: firstBelow(signal, 0.1) - firstBelow(signal, 0.9),
    overshoot: Math.max(...near) - 1,
    nPlaces,
  };
}

/** Where the middle of the profile falls through a level, mm. */
function firstBelow(signal: readonly number[], level: number): number {
  const middle = signal.findIndex((v) => v < 0.5);
  let p = middle;
  if (level > 0.5) while (p > 1 && signal[p - 1]! < level) p--;
  else while (p < signal.length - 1 && signal[p]! >= level) p++;
  const [before, after] = [signal[p - 1]!, signal[p]!];
  return PROFILE_MM[p - 1]! + ((before - level) / (before - after)) * (PROFILE_MM[p]! - PROFILE_MM[p - 1]!);
}

function bilinear(image: Float32Array, n: number, x: number, y: number): number {
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - i, y - j];
  const at = j * n + i;
  return (
    (image[at]! * (1 - u) + image[at + 1]! * u) * (1 - v) +
    (image[at + n]! * (1 - u) + image[at + n + 1]! * u) * v
  );
}

/** Mean over 5×5 pixels twice: its gradient is the border's normal. */
function blurred(mask: Float32Array, n: number): Float32Array {
  const pass = (from: Float32Array, stride: number): Float32Array =>
    from.map((_, i) => {
      let sum = 0;
      for (let k = -2; k <= 2; k++) sum += from[i + k * stride] ?? 0;
      return sum / 5;
    });
  return [1, n, 1, n].reduce(pass, mask);
}
