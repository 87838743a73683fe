import { type DataSet, firstItem, items } from './data-set.ts';
import type { Keyword } from './dictionary.ts';
import { formatError } from './header.ts';
import type { PixelLayout } from './pixel-layout.ts';
import { number, numbers, text, texts } from './values.ts';

/**
 * What varies from frame to frame. A classic MR image has it at the top level; an enhanced one in functional groups,
 * shared or per frame (PS3.3 C.7.6.16). What a group lacks is looked up at the top level.
 */
export interface DicomFrame {
  readonly index: number;
  /** ImageType, or FrameType in a multi-frame object. */
  readonly imageType: readonly string[];
  /** `MAGNITUDE`, `PHASE`, `REAL`, `IMAGINARY`: enhanced MR, and from GE's private type. */
  readonly complexImageComponent: string | undefined;
  /** Centre of the first pixel, LPS mm, as stored. */
  readonly positionLps: readonly [number, number, number] | undefined;
  /** Direction cosines of a row, then of a column, LPS, as stored. */
  readonly orientationLps: readonly number[] | undefined;
  /** Between rows, between columns; mm. */
  readonly pixelSpacingMm: readonly [number, number] | undefined;
  readonly sliceThicknessMm: number | undefined;
  readonly spacingBetweenSlicesMm: number | undefined;
  readonly frameOfReferenceUid: string | undefined;
  readonly temporalPosition: number | undefined;
  readonly echoTimeMs: number | undefined;
  /** On Philips the start of the dynamic, not the spin-lock time. */
  readonly triggerTimeMs: number | undefined;
  /** Stored value to output value. */
  readonly rescale: LinearMap | undefined;
  /** Stored value to real-world value. */
  readonly realWorld: LinearMap | undefined;
  /** Philips' private scale slope. */
  readonly scaleSlope: number | undefined;
}

export interface LinearMap {
  readonly slope: number;
  readonly intercept: number;
  /** RescaleType or UCUM unit: `US`, `%`, `ms`, … */
  readonly unit: string | undefined;
}

/** The data set that holds a functional group's attributes, if there is one. */
type Find = (sequence: Keyword) => DataSet | undefined;

/**
 * The frames of a data set. Values are looked up from the outside in (top level, shared groups, the frame's own), so
 * that what frames share is decoded once.
 * @throws FormatError if a multi-frame object has fewer per-frame groups than frames.
 */
export function framesOf(dataSet: DataSet, pixels: PixelLayout): DicomFrame[] {
  // At the top level all attributes stand side by side, but the real-world mapping is a sequence there too.
  const top = read(
    (sequence) => (sequence === 'RealWorldValueMappingSequence' ? firstItem(dataSet, sequence) : dataSet),
    { index: 0, ...NOTHING, frameOfReferenceUid: text(dataSet, 'FrameOfReferenceUID') },
  );
  const group = firstItem(dataSet, 'SharedFunctionalGroupsSequence');
  const shared = group ? read((sequence) => firstItem(group, sequence), top) : top;
  const perFrame = items(dataSet, 'PerFrameFunctionalGroupsSequence');
  if (perFrame.length > 0 && perFrame.length < pixels.nFrames)
    throw formatError(
      dataSet.encoding,
      'dicom/frame-count',
      `${pixels.nFrames} frames but ${perFrame.length} per-frame groups.`,
    );
  return Array.from({ length: pixels.nFrames }, (_, index) => {
    const own = perFrame[index];
    return own ? read((sequence) => firstItem(own, sequence), { ...shared, index }) : { ...shared, index };
  });
}

const NOTHING: Omit<DicomFrame, 'index' | 'frameOfReferenceUid'> = {
  imageType: [],
  complexImageComponent: undefined,
  positionLps: undefined,
  orientationLps: undefined,
  pixelSpacingMm: undefined,
  sliceThicknessMm: undefined,
  spacingBetweenSlicesMm: undefined,
  temporalPosition: undefined,
  echoTimeMs: undefined,
  triggerTimeMs: undefined,
  rescale: undefined,
  realWorld: undefined,
  scaleSlope: undefined,
};

/** What one level says; `outer` where it is silent. */
function read(find: Find, outer: DicomFrame): DicomFrame {
  const from = <T>(sequence: Keyword, get: (item: DataSet) => T | undefined): T | undefined => {
    const item = find(sequence);
    return item && get(item);
  };
  return {
    ...outer,
    ...defined({
      imageType: from('MRImageFrameTypeSequence', imageTypeOf),
      complexImageComponent: from('MRImageFrameTypeSequence', componentOf),
      positionLps: from('PlanePositionSequence', positionOf),
      orientationLps: from('PlaneOrientationSequence', orientationOf),
      pixelSpacingMm: from('PixelMeasuresSequence', spacingOf),
      sliceThicknessMm: from('PixelMeasuresSequence', (i) => number(i, 'SliceThickness')),
      spacingBetweenSlicesMm: from('PixelMeasuresSequence', (i) => number(i, 'SpacingBetweenSlices')),
      temporalPosition: from('FrameContentSequence', temporalPositionOf),
      echoTimeMs: from('MREchoSequence', (i) => number(i, 'EffectiveEchoTime') ?? number(i, 'EchoTime')),
      triggerTimeMs: from('FrameContentSequence', (i) => number(i, 'TriggerTime')),
      rescale: from('PixelValueTransformationSequence', rescaleOf),
      realWorld: from('RealWorldValueMappingSequence', realWorldOf),
      scaleSlope: from('PhilipsFrameSequence', scaleSlopeOf),
    }),
  };
}

/** Without the keys that have no value. */
const defined = (fields: Readonly<Record<string, unknown>>): Partial<DicomFrame> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function imageTypeOf(item: DataSet): readonly string[] | undefined {
  const types = texts(item, 'FrameType');
  const values = types.length > 0 ? types : texts(item, 'ImageType');
  return values.length > 0 ? values : undefined;
}

const componentOf = (item: DataSet): string | undefined =>
  text(item, 'ComplexImageComponent') ?? geComponent(item);

function positionOf(item: DataSet): DicomFrame['positionLps'] {
  const [x, y, z, ...more] = numbers(item, 'ImagePositionPatient');
  return x === undefined || y === undefined || z === undefined || more.length > 0 ? undefined : [x, y, z];
}

function orientationOf(item: DataSet): DicomFrame['orientationLps'] {
  const cosines = numbers(item, 'ImageOrientationPatient');
  return cosines.length === 6 ? cosines : undefined;
}

const temporalPositionOf = (item: DataSet): number | undefined =>
  number(item, 'TemporalPositionIndex') ?? number(item, 'TemporalPositionIdentifier');

function spacingOf(measures: DataSet): [number, number] | undefined {
  let spacing = numbers(measures, 'PixelSpacing');
  if (spacing.length !== 2) {
    spacing = numbers(measures, 'ImagerPixelSpacing');
    if (spacing.length === 2) {
      const { warnings, name } = measures.encoding;
      warnings.add('dicom/imager-spacing', name, 'PixelSpacing is missing; ImagerPixelSpacing is used.');
    }
  }
  return spacing.length === 2 && spacing.every((s) => s > 0) ? [spacing[0]!, spacing[1]!] : undefined;
}

function rescaleOf(dataSet: DataSet): LinearMap | undefined {
  const slope = number(dataSet, 'RescaleSlope');
  const intercept = number(dataSet, 'RescaleIntercept');
  const unit = text(dataSet, 'RescaleType');
  if (slope === undefined && intercept === undefined && unit === undefined) return undefined;
  if (slope === 0) {
    const { warnings, name } = dataSet.encoding;
    warnings.add('dicom/zero-slope', name, 'RescaleSlope is 0, which would erase the image; 1 is used.');
  }
  return { slope: slope || 1, intercept: intercept ?? 0, unit };
}

function realWorldOf(item: DataSet): LinearMap | undefined {
  const slope = number(item, 'RealWorldValueSlope');
  const intercept = number(item, 'RealWorldValueIntercept');
  if (!slope || intercept === undefined) return undefined;
  const code = firstItem(item, 'MeasurementUnitsCodeSequence');
  return { slope, intercept, unit: code && text(code, 'CodeValue') };
}

const GE_COMPONENTS = ['MAGNITUDE', 'PHASE', 'REAL', 'IMAGINARY'] as const;

function geComponent(dataSet: DataSet): string | undefined {
  if (text(dataSet, 'GePrivateCreator') !== 'GEMS_PARM_01') return undefined;
  return GE_COMPONENTS[number(dataSet, 'GeRawDataType') ?? -1];
}

/** The private block belongs to Philips only where its creator says so. */
function scaleSlopeOf(dataSet: DataSet): number | undefined {
  if (text(dataSet, 'PhilipsPrivateCreator')?.startsWith('Philips') !== true) return undefined;
  const slope = number(dataSet, 'PhilipsScaleSlope');
  return slope !== undefined && slope > 0 ? slope : undefined;
}
