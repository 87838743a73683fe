/** What is open: maps on one grid, with the images they come from where these are at hand. Plain data, so it can be kept. */
import {
  airLevel,
  brightSignal,
  type Calibration,
  type ColourMapName,
  type FitResult,
  fitRoiMaps,
  type Grid,
  type InputCheck,
  imageAt,
  type MapResult,
  type MapsSoFar,
  mapsOf,
  orientationOf,
  PARAMETERS,
  type ParametricMap,
  type RelaxationParameter,
  type SourceStudy,
  type SpinLockSeries,
  sliceSize,
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

/** What says how sure each pixel of the main map is. */
export interface Doubt {
  readonly map: ParametricMap;
  readonly label: string;
  /** What the number is, for a reader who asks. */
  readonly definition: string;
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
  /** Name of the times: `TSL`. */
  readonly timeName: string;
  /** How the map was made, in a line. */
  readonly method: string;
  readonly doubt?: Doubt | undefined;
  /** What calibration patients taught about the network's uncertainty: intervals of means, and the usual threshold. */
  readonly calibration?: Calibration | undefined;
  /** Whether the images are such as the network knows. */
  readonly check?: InputCheck | undefined;
  /** The maps whose numbers go into `roi.csv`, in its order. */
  readonly roiMaps: readonly ParametricMap[];
  /** Maps whose decays are drawn beside a pixel's signals. */
  readonly decays: readonly { readonly label: string; readonly map: ParametricMap }[];
  readonly series?: SpinLockSeries | undefined;
  /** 1 where the first image shows air, whose values mean nothing, `[slice, row, column]`. */
  readonly air?: Uint8Array | undefined;
  readonly warnings: readonly Warning[];
  /** The network, where one made the map. */
  readonly model?: ModelName | undefined;
  /** Patient and study of DICOM images, for results that belong to them. Never kept: it names the patient. */
  readonly source?: SourceStudy | undefined;
  /** Slices that are mapped, while others are still to come; absent once all are. */
  readonly readySlices?: readonly number[] | undefined;
}

export interface ModelName {
  readonly name: string;
  readonly sha256: string;
}

type OpenedSeries = SpinLockSeries & { readonly orientation?: string };

const STANDARD_ERROR =
  'Standard error of the fitted time, from the scatter of the signals about the fitted curve.';
const UNCERTAINTY = 'Standard deviation of the error that the network states for this pixel.';

/** A least-squares fit of a series. */
export function studyOfFit(
  title: string,
  series: OpenedSeries,
  fit: FitResult,
  warnings: readonly Warning[],
): Study {
  const parameter = PARAMETERS[fit.options.parameter];
  const hasErrors = fit.tslMs.length > 2;
  return {
    ...{ title, grid: series.grid, orientation: orientationOf(series), warnings },
    layers: [
      ...imageLayers(series, parameter.timeName),
      timeLayer(fit.time, `${parameter.label} map`, parameter, fit.options.cutoffMs),
      ...(hasErrors
        ? [
            layer(
              fit.standardError,
              'Standard error',
              'quality',
              'magma',
              errorRange(fit.standardError, airOf(series)),
            ),
            layer(fit.r2, 'R² of the fit', 'quality', 'magma', [0.8, 1]),
          ]
        : []),
      layer(fit.s0, 'S0', 'maps', 'grey'),
    ],
    main: fit.time,
    label: parameter.label,
    timeName: parameter.timeName,
    method: `least squares (${fit.options.method}) of ${fit.tslMs.length} images`,
    doubt: hasErrors
      ? { map: fit.standardError, label: 'Standard error', definition: STANDARD_ERROR }
      : undefined,
    roiMaps: fitRoiMaps(fit),
    decays: [{ label: 'Fit', map: fit.time }],
    series: plainSeries(series),
    air: airOf(series),
  };
}

/** A network's map of a series, or what is there of it so far. */
export function studyOfMap(
  title: string,
  series: OpenedSeries,
  result: MapsSoFar & Partial<Pick<MapResult, 'check' | 'reference'>>,
  model: {
    readonly name: string;
    readonly sha256: string;
    /** What runs it. */
    readonly by: string;
    readonly cutoffMs: readonly [number, number];
    readonly calibration: Calibration | undefined;
  },
  warnings: readonly Warning[],
): Study {
  const parameter = PARAMETERS.t1rho;
  const { t1rho, uncertainty, coarse, reference } = result;
  return {
    ...{ title, grid: series.grid, orientation: orientationOf(series), warnings },
    layers: [
      ...imageLayers(series, parameter.timeName),
      timeLayer(t1rho, 'Refined T1ρ', parameter, model.cutoffMs),
      ...(uncertainty ? [layer(uncertainty, 'Uncertainty', 'quality', 'magma', [0, 6])] : []),
      timeLayer(coarse, 'Coarse T1ρ (two images)', parameter, model.cutoffMs),
      ...(reference
        ? [
            timeLayer(
              { ...reference.time, name: 'reference' },
              `T1ρ of ${reference.tslMs.length} images`,
              parameter,
              model.cutoffMs,
            ),
          ]
        : []),
      ...(reference ? [errorLayer(t1rho, reference.time)] : []),
    ],
    main: t1rho,
    label: parameter.label,
    timeName: parameter.timeName,
    calibration: model.calibration,
    check: result.check,
    model: { name: model.name, sha256: model.sha256 },
    method: `${model.name}, from TSL ${result.usedTslMs.join(' and ')} ms, by ${model.by}`,
    doubt: uncertainty && { map: uncertainty, label: 'Uncertainty', definition: UNCERTAINTY },
    roiMaps: mapsOf(result),
    decays: [
      { label: 'Network', map: t1rho },
      { label: 'Coarse', map: coarse },
      ...(reference ? [{ label: 'All images', map: reference.time }] : []),
    ],
    series: plainSeries(series),
    air: airOf(series),
  };
}

/** Maps of a result folder, by their names. */
export function studyOfResult(
  title: string,
  command: string,
  maps: readonly ParametricMap[],
  orientation: Study['orientation'],
  warnings: readonly Warning[],
  facts: Pick<Study, 'calibration' | 'check' | 'model'>,
): Study | undefined {
  const byName = new Map(maps.map((map) => [map.name, map]));
  const parameter = Object.values(PARAMETERS).find(({ mapName }) => byName.has(mapName));
  if (!parameter) return undefined;
  const main = byName.get(parameter.mapName)!;
  const doubt = byName.get('uncertainty') ?? byName.get('stderr');
  const reference = byName.get('reference');
  const isNetwork = byName.has('uncertainty');
  return {
    ...{ title, grid: main.grid, orientation, warnings, main, ...facts },
    layers: [
      ...maps.map((map) => layerOfResult(map, parameter)),
      ...(reference ? [errorLayer(main, reference)] : []),
    ],
    label: parameter.label,
    timeName: parameter.timeName,
    method: `result of rhomap ${command}`,
    doubt: doubt && {
      map: doubt,
      label: isNetwork ? 'Uncertainty' : 'Standard error',
      definition: isNetwork ? UNCERTAINTY : STANDARD_ERROR,
    },
    roiMaps: isNetwork ? maps : maps.filter(({ name }) => [parameter.mapName, 'S0', 'R2'].includes(name)),
    decays: [],
  };
}

function layerOfResult(map: ParametricMap, parameter: RelaxationParameter): Layer {
  switch (map.name) {
    case 'uncertainty':
      return layer(map, 'Uncertainty', 'quality', 'magma', [0, 6]);
    case 'stderr':
      return layer(map, 'Standard error', 'quality', 'magma', errorRange(map));
    case 'R2':
      return layer(map, 'R² of the fit', 'quality', 'magma', [0.8, 1]);
    case 'S0':
      return layer(map, 'S0', 'images', 'grey');
    case 'residual':
      return layer(map, 'Residual', 'quality', 'magma');
    default:
      return timeLayer(
        map,
        map.name === parameter.mapName ? `${parameter.label} map` : map.name,
        parameter,
        parameter.cutoffMs,
      );
  }
}

const errorLayer = (map: ParametricMap, reference: ParametricMap): Layer =>
  layer(differenceMap(map, reference, 'error'), 'Refined − all images', 'quality', 'blue-orange', [-8, 8]);

/** a − b where both have a value. */
export function differenceMap(a: ParametricMap, b: ParametricMap, name: string): ParametricMap {
  const values = a.values.map((value, i) => value - b.values[i]!);
  return { ...a, name, values };
}

/** Where a slice of the first image is no brighter than air: the rule of the network's input. */
function airOf(series: SpinLockSeries): Uint8Array {
  const first = imageAt(series, 0);
  const n = sliceSize(series.grid);
  const air = new Uint8Array(first.length);
  for (let k = 0; k < series.grid.nSlices; k++) {
    const level = airLevel(brightSignal(first.subarray(k * n, (k + 1) * n)));
    for (let p = k * n; p < (k + 1) * n; p++) air[p] = first[p]! > level ? 0 : 1;
  }
  return air;
}

const plainSeries = ({ grid, tslMs, signal }: OpenedSeries): SpinLockSeries => ({ grid, tslMs, signal });

/** One layer per image; all share a window, so that the decay can be seen. */
export function imageLayers(series: SpinLockSeries, timeName: string): Layer[] {
  const status = new Uint8Array(imageAt(series, 0).length);
  const range = signalRange(imageAt(series, 0));
  return series.tslMs.map((tslMs, t) => {
    const map = { grid: series.grid, name: `image-${t}`, unit: '1', values: imageAt(series, t), status };
    return layer(map, `${timeName} ${+tslMs.toFixed(2)} ms`, 'images', 'grey', range);
  });
}

const timeLayer = (
  map: ParametricMap,
  label: string,
  { plausibleMs }: RelaxationParameter,
  cutoffMs: readonly [number, number] | null,
): Layer => ({
  ...layer(map, label, 'maps', 'viridis', cutoffMs ?? plausibleMs),
  marksCutoffs: true,
});

export function layer(
  map: ParametricMap,
  label: string,
  group: Layer['group'],
  colours: ColourMapName,
  range: readonly [number, number] = suggestRange(map),
): Layer {
  const unit = map.unit === '1' ? '' : map.unit;
  return { id: map.name, label, group, map, unit, colours, range, marksCutoffs: false };
}

/** Twice the median and more is doubtful: air, whose errors are huge, must not stretch the colours. */
function errorRange({ values }: ParametricMap, air?: Uint8Array): readonly [number, number] {
  const sorted = values.filter((value, p) => value > 0 && air?.[p] !== 1).sort();
  const median = sorted[Math.floor(sorted.length / 2)] ?? 1;
  return [0, Number((4 * median).toPrecision(2))];
}

/** From nothing to the 99.5th percentile: fat at the coil must not darken the liver. */
function signalRange(values: Float32Array): readonly [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const white = sorted[Math.floor(0.995 * (sorted.length - 1))] ?? 1;
  return [0, white > 0 ? white : 1];
}
