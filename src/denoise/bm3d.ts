/**
 * BM3D: block matching and 3-D collaborative filtering (Dabov 2007, doi:10.1109/TIP.2007.901238; Lebrun 2012,
 * doi:10.5201/ipol.2012.l-bm3d), written from the papers.
 *
 * Pass 1 groups similar 8×8 blocks of the noisy image, transforms each group in three dimensions, drops the small
 * coefficients and averages the overlapping blocks. Pass 2 groups again, on the cleaner result, and uses it as the
 * signal of a Wiener filter on the noisy image. Colour, coloured noise and the profile for strong noise are left out.
 */
import { OptionError, ShapeError } from '../core/errors.ts';
import { matchBlocks } from './block-matching.ts';
import { createBlockSpectra } from './block-spectra.ts';
import {
  type Bm3dOptions,
  type Bm3dPass,
  type Bm3dSettings,
  resolveBm3dOptions,
  STRONG_NOISE,
} from './bm3d-options.ts';
import { filterGroups, heldRows, type Shrink } from './collaborative-filter.ts';
import { type CompleteImage, completeImage } from './complete-image.ts';
import { estimateNoiseSigma } from './noise-level.ts';
import { hardThreshold, wienerShrink } from './shrinkage.ts';
import {
  BLOCK,
  BLOCK_AREA,
  type BlockTransform,
  bior15Transform,
  dctTransform,
  kaiserWindow,
} from './transforms.ts';

export interface Bm3dResult {
  /** Denoised image `[row, column]`, the input's unit; NaN where the input was not finite. */
  readonly values: Float32Array;
  /** The first pass's result, likewise. */
  readonly basic: Float32Array;
  /** Standard deviation of the noise that was used, the input's unit. */
  readonly sigma: number;
}

/**
 * Denoises one image `[row, column]` of any size and unit.
 *
 * Pixels that are not finite are bridged from their neighbours for the filter's use and come back as NaN. The result
 * follows a change of unit and offset: b + a·image with a·sigma gives b + a·result (with `valueRange` absent or
 * scaled too). No noise (sigma 0) gives the image back. `mask` `[row, column]`, not 0 inside, says which pixels count
 * where sigma is estimated; all finite ones where absent.
 * @throws ShapeError if the array's length is not rows × columns; OptionError for parameters out of range;
 * DataError if sigma is to be estimated from too few pixels.
 */
export function denoiseBm3d(
  image: Float32Array,
  nRows: number,
  nColumns: number,
  options: Bm3dOptions & { readonly mask?: Uint8Array } = {},
): Bm3dResult {
  const { mask, ...parameters } = options;
  const settings = resolveBm3dOptions(parameters);
  assertImage(image, nRows, nColumns, mask);
  const complete = completeImage(image, nRows, nColumns, BLOCK);
  const sigma = settings.sigma ?? (complete ? estimateNoiseSigma(image, nRows, nColumns, mask) : 0);
  if (complete === undefined || sigma === 0)
    return { values: finiteOnly(image), basic: finiteOnly(image), sigma };

  const [basic, values] = runPasses(complete, sigma, settings);
  const back = (filtered: Float64Array): Float32Array =>
    image.map((value, i) => {
      const at = Math.floor(i / nColumns) * complete.nColumns + (i % nColumns);
      return Number.isFinite(value) ? filtered[at] : Number.NaN;
    });
  return { values: back(values), basic: back(basic), sigma };
}

function runPasses(
  image: CompleteImage,
  sigma: number,
  settings: Bm3dSettings,
): [Float64Array, Float64Array] {
  const unit = (settings.valueRange ?? span(image.values)) / 255;
  const run = (guide: Float64Array, images: Float64Array[], p: Bm3dPass, t: BlockTransform, s: Shrink) => {
    const limit = sigma > STRONG_NOISE * unit ? p.distanceLimitStrongNoise : p.distanceLimit;
    return runPass({ ...image, values: guide }, images, p, limit * unit * unit, t, s);
  };
  const noisy = image.values;
  const threshold = hardThreshold(settings.thresholdSigma * sigma);
  const basic = run(noisy, [noisy], settings.hardPass, bior15Transform(), threshold);
  return [basic, run(basic, [noisy, basic], settings.wienerPass, dctTransform(), wienerShrink(sigma))];
}

/** Groups the blocks of `guide`, up to a mean squared difference, and filters the same blocks of `images`. */
function runPass(
  guide: CompleteImage,
  images: readonly Float64Array[],
  pass: Bm3dPass,
  distanceLimit: number,
  transform: BlockTransform,
  shrink: Shrink,
): Float64Array {
  const { nRows, nColumns } = guide;
  const { step, maxBlocks } = pass;
  const radius = (pass.searchSize - 1) / 2;
  const matching = { step, maxBlocks, radius, limit: distanceLimit * BLOCK_AREA };
  const groups = matchBlocks(guide.values, nRows, nColumns, matching);
  const spectra = images.map((values) =>
    createBlockSpectra(values, nRows, nColumns, transform.forward, heldRows(radius)),
  );
  const window = kaiserWindow(pass.kaiserBeta);
  return filterGroups(nRows, nColumns, groups, spectra, shrink, {
    radius,
    inverse: transform.inverse,
    window,
  });
}

function assertImage(image: Float32Array, nRows: number, nColumns: number, mask?: Uint8Array): void {
  for (const n of [nRows, nColumns])
    if (!Number.isSafeInteger(n) || n < 1)
      throw new OptionError('bm3d/size', `BM3D needs positive whole sizes, got ${nRows}×${nColumns}.`);
  const expected = nRows * nColumns;
  if (image.length !== expected || (mask !== undefined && mask.length !== expected))
    throw new ShapeError(
      'bm3d/size',
      `BM3D of ${nRows}×${nColumns} pixels needs ${expected} values, got an image of ${image.length}${mask ? ` and a mask of ${mask.length}` : ''}.`,
    );
}

function span(values: Float64Array): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

const finiteOnly = (image: Float32Array): Float32Array =>
  image.map((value) => (Number.isFinite(value) ? value : Number.NaN));
