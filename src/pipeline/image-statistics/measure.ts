/** Image statistics of one slice: the look of the image at TSL 0, of its borders, and of the target map. */
import { TISSUE_INDEX } from '../../cohort/scene.ts';
import { type EdgeProfile, edgeProfile } from './edge-profile.ts';
import { radialSpectrum, texturePeak } from './spectrum.ts';

export interface ImageStatistics {
  /** Power of ring r (r/n cycles per pixel) relative to ring 1. */
  readonly spectrum: readonly number[];
  readonly spectrumExponent: number;
  readonly texturePeak: number;
  /** Liver to lung and liver to fat, where the slice has such a border. */
  readonly lungEdge?: EdgeProfile;
  readonly fatEdge?: EdgeProfile;
  /** Shares of the ROI's pixels in the bins of `HISTOGRAM_MS`, by the target's difference from its median. */
  readonly histogram: readonly number[];
}

/** Lower ends of the histogram's bins of 1 ms; the outermost hold what lies beyond. */
export const HISTOGRAM_MS: readonly number[] = Array.from({ length: 36 }, (_, i) => i - 15);

export interface SliceToMeasure {
  readonly n: number;
  readonly pixelMm: number;
  /** Image at TSL 0 and target map, `[row, column]`. */
  readonly image: Float32Array;
  readonly target: Float32Array;
  /** Tissue of every pixel. */
  readonly labels: Uint8Array;
  readonly roi: Int32Array;
}

export function measureImage({ n, pixelMm, image, target, labels, roi }: SliceToMeasure): ImageStatistics {
  const { power, exponent } = radialSpectrum(image, n);
  const { liver, lung, fat } = TISSUE_INDEX;
  const slice = { n, pixelMm, labels, image };
  const [lungEdge, fatEdge] = [edgeProfile(slice, liver, lung), edgeProfile(slice, liver, fat)];
  return {
    spectrum: Array.from(power, (p) => Number(p.toPrecision(4))),
    spectrumExponent: exponent,
    texturePeak: texturePeak(target, roi, n),
    ...(lungEdge && { lungEdge }),
    ...(fatEdge && { fatEdge }),
    histogram: histogramOf(Float32Array.from(roi, (i) => target[i]!)),
  };
}

function histogramOf(values: Float32Array): number[] {
  const median = values.toSorted()[values.length >> 1]!;
  const shares = HISTOGRAM_MS.map(() => 0);
  for (const value of values) {
    const bin = Math.floor(value - median - HISTOGRAM_MS[0]!);
    shares[Math.min(shares.length - 1, Math.max(0, bin))]! += 1 / values.length;
  }
  return shares.map((share) => Number(share.toFixed(5)));
}
