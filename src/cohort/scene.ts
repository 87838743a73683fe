/**
 * What the anatomy hands to the scanner: tissues, a body that can be asked for its tissue anywhere, and slices as
 * tissue fractions on a fine grid. Nothing here knows of signals, fields or noise.
 *
 * `slow-blood` is the rim along a vein's wall where blood lingers and the black-blood preparation fails.
 *
 * World: RAS mm (x to the patient's right, y anterior, z superior), origin at the centre of the middle slice.
 */
export const TISSUES = [
  'air',
  'lung',
  'gas',
  'fat',
  'muscle',
  'bone',
  'marrow',
  'liver',
  'spleen',
  'kidney',
  'pancreas',
  'bowel',
  'fluid',
  'bile',
  'csf',
  'artery',
  'portal-vein',
  'hepatic-vein',
  'bile-duct',
  'vena-cava',
  'slow-blood',
  'kidney-medulla',
] as const;

export type Tissue = (typeof TISSUES)[number];

/** Index into `TISSUES`, as stored in label arrays. */
export const TISSUE_INDEX: Readonly<Record<Tissue, number>> = Object.fromEntries(
  TISSUES.map((name, index) => [name, index]),
) as Record<Tissue, number>;

/** An axis-aligned box of sample points: point (i, j, k) lies at `originMm + (i, j, k)·stepMm`. */
export interface SampleBox {
  readonly originMm: readonly [number, number, number];
  readonly stepMm: readonly [number, number, number];
  /** Columns (x), rows (y), slices (z). */
  readonly size: readonly [number, number, number];
}

/** A body whose tissue is known at every point. */
export interface Anatomy {
  /** Centres of the slices to be imaged, evenly spaced, from the feet up: hilum, middle, dome. */
  readonly sliceZMm: readonly number[];
  /** Tissue indices at the points of `box`: `Uint8Array [slice, row, column]`. */
  labels(box: SampleBox): Uint8Array;
  /** Multiplier of the liver's T1rho at the points of `box` (smooth variation and texture; mean about 1 in liver). */
  liverT1rhoFactor(box: SampleBox): Float32Array;
  /** Multiplier of the share of fast-relaxing magnetisation: smooth, mean about 1, never negative. */
  fastShareFactor(box: SampleBox): Float32Array;
  /** Logarithm of the texture of other tissues' signal: mean 0, SD 1; each tissue takes its share of it. */
  signalTexture(box: SampleBox): Float32Array;
}

/** One slice as tissue fractions on a fine in-plane grid, averaged through the slice's thickness. */
export interface SliceScene {
  readonly zMm: number;
  readonly thicknessMm: number;
  readonly nRows: number;
  readonly nColumns: number;
  readonly pixelSizeMm: number;
  /** `[tissue, row, column]`, fractions that sum to 1; only tissues that occur have an entry. Row 0 is anterior, column 0 the patient's right. */
  readonly fractions: ReadonlyMap<number, Float32Array>;
  /** Multiplier of the liver's T1rho `[row, column]`. */
  readonly liverT1rhoFactor: Float32Array;
  /** Multiplier of the fast-relaxing share `[row, column]`. */
  readonly fastShareFactor: Float32Array;
  /** Texture of other tissues' signal `[row, column]`, mean 0, SD 1. */
  readonly signalTexture: Float32Array;
}
