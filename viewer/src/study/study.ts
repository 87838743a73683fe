/** What is open: maps on one grid, with the images they come from where these are at hand. */
import {
  type ColourMapName,
  type FitResult,
  fitRoiMaps,
  type Grid,
  imageAt,
  orientationOf,
  PARAMETERS,
  type ParametricMap,
  type SpinLockSeries,
  suggestRange,
  type Warning,
} from '../../../src/index.ts';

/** Something a pane can show. */
export interface Layer {
  /** Stable: kept in the saved state. */
  readonly id: string;
  readonly label: string;
  readonly group: 'images' | 'maps' | 'quality';
  readonly map: ParametricMap;
  /** For the colour bar; empty for signals. */
  readonly unit: string;
  readonly colours: ColourMapName;
  /** Where the colours begin and end unless the user moves them. */
  readonly range: readonly [number, number];
  readonly marksCutoffs: boolean;
}

export interface Study {
  readonly title: string;
  readonly grid: Grid;
  readonly orientation: 'scanner' | 'none';
  readonly layers: readonly Layer[];
  /** The map that regions are measured on. */
  readonly main: ParametricMap;
  /** Name of what `main` maps, for running text: `T1ρ`. */
  readonly label: string;
  /** The maps whose numbers go into `roi.csv`, in its order. */
  readonly roiMaps: readonly ParametricMap[];
  readonly series?: SpinLockSeries;
  readonly fit?: FitResult;
  readonly warnings: readonly Warning[];
}

export function studyOfFit(
  title: string,
  series: SpinLockSeries & { readonly orientation?: string },
  fit: FitResult,
  warnings: readonly Warning[],
): Study {
  const { label, plausibleMs } = PARAMETERS[fit.options.parameter];
  const time: Layer = {
    id: fit.time.name,
    label: `${label} map`,
    group: 'maps',
    map: fit.time,
    unit: 'ms',
    colours: 'viridis',
    range: fit.options.cutoffMs ?? plausibleMs,
    marksCutoffs: true,
  };
  return {
    title,
    grid: series.grid,
    orientation: orientationOf(series),
    layers: [
      ...imageLayers(series, PARAMETERS[fit.options.parameter].timeName),
      time,
      ...(fit.tslMs.length > 2
        ? [
            layer(fit.standardError, 'Standard error', 'quality', 'magma'),
            layer(fit.r2, 'R²', 'quality', 'magma', [0.8, 1]),
          ]
        : []),
      layer(fit.s0, 'S0', 'maps', 'grey'),
    ],
    main: fit.time,
    label,
    roiMaps: fitRoiMaps(fit),
    series,
    fit,
    warnings,
  };
}

/** One layer per image; all share a window, so that the decay can be seen. */
function imageLayers(series: SpinLockSeries, timeName: string): Layer[] {
  const status = new Uint8Array(imageAt(series, 0).length);
  const image = (t: number): ParametricMap => ({
    grid: series.grid,
    name: `image-${t}`,
    unit: '1',
    values: imageAt(series, t),
    status,
  });
  const range = signalRange(imageAt(series, 0));
  return series.tslMs.map((tslMs, t) => ({
    ...layer(image(t), `${timeName} ${+tslMs.toFixed(2)} ms`, 'images', 'grey', range),
    unit: '',
  }));
}

function layer(
  map: ParametricMap,
  label: string,
  group: Layer['group'],
  colours: ColourMapName,
  range: readonly [number, number] = suggestRange(map),
): Layer {
  const unit = map.unit === '1' ? '' : map.unit;
  return { id: map.name, label, group, map, unit, colours, range, marksCutoffs: false };
}

/** From nothing to the 99.5th percentile: fat at the coil must not darken the liver. */
function signalRange(values: Float32Array): readonly [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const white = sorted[Math.floor(0.995 * (sorted.length - 1))] ?? 1;
  return [0, white > 0 ? white : 1];
}
