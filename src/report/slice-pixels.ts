/**
 * The pixels of one slice of a map: values through the colour map; cut-off, missing and masked ones, and air, in colours of
 * their own that the colour map does not contain, so that none of them can be taken for a value.
 */
import { sliceSize } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import type { ParametricMap } from '../core/volume.ts';
import { type ColourMapName, colourIndex, colourTable, type Rgb } from './colour-maps.ts';
import type { SliceDisplay } from './slice-display.ts';

/** What a pixel shows. `beyond-range` has a value outside the colour bar and is drawn in the bar's end colour. */
export type PixelKind =
  | 'value'
  | 'beyond-range'
  | 'lower-cutoff'
  | 'upper-cutoff'
  | 'missing'
  | 'no-signal'
  | 'masked';

/**
 * Colours of pixels that are no plain value, by colour map: each at least 20 apart (CIELAB) from every colour of the
 * map, so magma, which has reds and blacks, and grey, which has all greys, get others than viridis.
 */
export const SPECIAL_COLOURS: Readonly<
  Record<ColourMapName, Readonly<Record<Exclude<PixelKind, 'value' | 'beyond-range'>, Rgb>>>
> = {
  viridis: {
    'lower-cutoff': [86, 180, 255],
    'upper-cutoff': [255, 94, 108],
    missing: [106, 110, 117],
    'no-signal': [28, 31, 36],
    masked: [12, 13, 15],
  },
  magma: {
    'lower-cutoff': [86, 180, 255],
    'upper-cutoff': [75, 224, 139],
    missing: [106, 110, 117],
    'no-signal': [24, 68, 62],
    masked: [12, 52, 48],
  },
  'blue-orange': {
    'lower-cutoff': [75, 224, 139],
    'upper-cutoff': [242, 95, 178],
    missing: [108, 84, 150],
    'no-signal': [20, 84, 44],
    masked: [10, 62, 28],
  },
  grey: {
    'lower-cutoff': [86, 180, 255],
    'upper-cutoff': [255, 94, 108],
    missing: [98, 84, 140],
    'no-signal': [30, 38, 78],
    masked: [16, 24, 56],
  },
};

export interface PixelStyle {
  readonly range: readonly [number, number];
  readonly colours: ColourMapName;
  /** Whether values at a cut-off get the cut-off's colour; otherwise they count as values. */
  readonly marksCutoffs: boolean;
  /** Signal `[slice, row, column]` shown in grey where the map is masked. */
  readonly underlay?: Float32Array;
}

export function pixelKind(value: number, status: number, style: PixelStyle): PixelKind {
  if (status === VOXEL_STATUS.masked) return 'masked';
  if (status === VOXEL_STATUS['no-signal']) return 'no-signal';
  if (!Number.isFinite(value)) return 'missing';
  if (style.marksCutoffs && status === VOXEL_STATUS['at-lower-cutoff']) return 'lower-cutoff';
  if (style.marksCutoffs && status === VOXEL_STATUS['at-upper-cutoff']) return 'upper-cutoff';
  return value < style.range[0] || value > style.range[1] ? 'beyond-range' : 'value';
}

export interface SlicePixels {
  /** Four bytes a pixel, `display.height` rows of `display.width`, from the top. */
  readonly rgba: Uint8Array;
  readonly counts: Readonly<Record<PixelKind, number>>;
}

export function slicePixels(
  map: ParametricMap,
  slice: number,
  display: SliceDisplay,
  style: PixelStyle,
): SlicePixels {
  const counts: Record<PixelKind, number> = {
    value: 0,
    'beyond-range': 0,
    'lower-cutoff': 0,
    'upper-cutoff': 0,
    missing: 0,
    'no-signal': 0,
    masked: 0,
  };
  const rgba = new Uint8Array(4 * display.width * display.height);
  const table = colourTable(style.colours);
  const underlay = style.underlay && greyScale(style.underlay, slice, sliceSize(map.grid));
  const offset = slice * sliceSize(map.grid) + display.start;
  for (let y = 0, at = 0; y < display.height; y++)
    for (let x = 0; x < display.width; x++, at += 4) {
      const i = offset + x * display.stepX + y * display.stepY;
      const kind = pixelKind(map.values[i]!, map.status[i]!, style);
      counts[kind]++;
      if (kind === 'value' || kind === 'beyond-range') {
        const entry = 3 * colourIndex(map.values[i]!, style.range);
        rgba.set(table.subarray(entry, entry + 3), at);
      } else if (kind === 'masked' && underlay) rgba.fill(underlay(i), at, at + 3);
      else rgba.set(SPECIAL_COLOURS[style.colours][kind], at);
      rgba[at + 3] = 255;
    }
  return { rgba, counts };
}

/** Grey by signal, white at the slice's 99.5th percentile, dimmed so that the map stays in front. */
function greyScale(signal: Float32Array, slice: number, size: number): (index: number) => number {
  const sorted = signal
    .slice(slice * size, (slice + 1) * size)
    .filter(Number.isFinite)
    .sort();
  const white = sorted[Math.floor(0.995 * (sorted.length - 1))] || 1;
  return (i) => Math.round(170 * Math.max(0, Math.min(1, signal[i]! / white || 0)));
}
