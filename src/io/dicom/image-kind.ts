import type { DicomFrame } from './frames.ts';

/**
 * What a frame shows. Magnitude, real, imaginary and B1 images of one scan often stand in one folder, even in one
 * series; only magnitude images are fitted.
 */
export type ImageKind =
  | 'magnitude'
  | 'phase'
  | 'real'
  | 'imaginary'
  | 'b1-map'
  | 'b0-map'
  | 'map'
  | 'unspecified';

const COMPONENTS: Readonly<Record<string, ImageKind>> = {
  M: 'magnitude',
  MAGNITUDE: 'magnitude',
  P: 'phase',
  PHASE: 'phase',
  'PHASE MAP': 'phase',
  R: 'real',
  REAL: 'real',
  I: 'imaginary',
  IMAGINARY: 'imaginary',
};

/** Image types that name a parameter map of the scanner. */
const MAP_TYPE = /^(T1|T2|T2\*|T2_?STAR|T1RHO|R1|R2|R2\*|R2_?STAR|ADC|FA|MAP|.*[ _]MAP)$/;
const MAP_UNITS = new Set(['ms', 's', '1/s', 'msec', 's-1', 'mm2/s']);

/**
 * The kind of a frame, by its units first (RescaleType `%` marks a B1 map whatever its image type says), then by
 * ComplexImageComponent, then by ImageType from its third value on. `unspecified` where nothing tells (GE's
 * `ORIGINAL\PRIMARY\OTHER`).
 */
export function imageKind(frame: DicomFrame): ImageKind {
  const types = frame.imageType.slice(2).map((t) => t.toUpperCase());
  const unit = frame.realWorld?.unit ?? frame.rescale?.unit;
  if (unit === '%' || types.some((t) => /^B1|[_ ]B1/.test(t))) return 'b1-map';
  if (unit === 'Hz' || types.some((t) => /^B0|[_ ]B0/.test(t))) return 'b0-map';
  if ((unit !== undefined && MAP_UNITS.has(unit)) || types.some((t) => MAP_TYPE.test(t) && t !== 'PHASE MAP'))
    return 'map';
  const component = COMPONENTS[frame.complexImageComponent?.toUpperCase() ?? ''];
  if (component) return component;
  for (const type of types) if (Object.hasOwn(COMPONENTS, type)) return COMPONENTS[type]!;
  return 'unspecified';
}

/** Kinds that a decay can be fitted to. An unspecified image is taken for magnitude, and `inspect` says so. */
export const isFittable = (kind: ImageKind): boolean => kind === 'magnitude' || kind === 'unspecified';
