import { type DataSet, items } from './data-set.ts';
import type { Keyword } from './dictionary.ts';
import { formatError } from './header.ts';
import type { PixelLayout } from './pixel-layout.ts';
import { number, numbers, text, texts, timeOfDayMs } from './values.ts';

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
  /** Time of day. */
  readonly acquisitionTimeMs: number | undefined;
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

/** @throws FormatError if a multi-frame object has fewer per-frame groups than frames. */
export function framesOf(dataSet: DataSet, pixels: PixelLayout): DicomFrame[] {
  const [shared] = items(dataSet, 'SharedFunctionalGroupsSequence');
  const perFrame = items(dataSet, 'PerFrameFunctionalGroupsSequence');
  if (perFrame.length > 0 && perFrame.length < pixels.nFrames)
    throw formatError(
      dataSet.encoding,
      'dicom/frame-count',
      `${pixels.nFrames} frames but ${perFrame.length} per-frame groups.`,
    );
  return Array.from({ length: pixels.nFrames }, (_, index) => {
    const groups = [perFrame[index], shared].filter((g) => g !== undefined);
    return frameOf(dataSet, groups, index);
  });
}

function frameOf(top: DataSet, groups: readonly DataSet[], index: number): DicomFrame {
  // The data set that holds a group's attributes: the frame's, the shared one, else the top level.
  const within = (sequence: Keyword): DataSet => {
    for (const group of groups) {
      const [item] = items(group, sequence);
      if (item) return item;
    }
    return top;
  };
  const measures = within('PixelMeasuresSequence');
  const content = within('FrameContentSequence');
  const frameType = within('MRImageFrameTypeSequence');
  const philips = within('PhilipsFrameSequence');
  const position = numbers(within('PlanePositionSequence'), 'ImagePositionPatient');
  const orientation = numbers(within('PlaneOrientationSequence'), 'ImageOrientationPatient');
  const spacing = spacingOf(measures);
  const types = texts(frameType, 'FrameType');
  return {
    index,
    imageType: types.length > 0 ? types : texts(top, 'ImageType'),
    complexImageComponent:
      text(frameType, 'ComplexImageComponent') ?? text(top, 'ComplexImageComponent') ?? geComponent(top),
    positionLps: position.length === 3 ? [position[0]!, position[1]!, position[2]!] : undefined,
    orientationLps: orientation.length === 6 ? orientation : undefined,
    pixelSpacingMm: spacing,
    sliceThicknessMm: number(measures, 'SliceThickness'),
    spacingBetweenSlicesMm: number(measures, 'SpacingBetweenSlices') ?? number(top, 'SpacingBetweenSlices'),
    frameOfReferenceUid: text(top, 'FrameOfReferenceUID'),
    temporalPosition: number(content, 'TemporalPositionIndex') ?? number(top, 'TemporalPositionIdentifier'),
    echoTimeMs: number(within('MREchoSequence'), 'EffectiveEchoTime') ?? number(top, 'EchoTime'),
    triggerTimeMs: number(top, 'TriggerTime'),
    acquisitionTimeMs: timeOfDayMs(text(content, 'FrameAcquisitionDateTime') ?? text(top, 'AcquisitionTime')),
    rescale: rescaleOf(within('PixelValueTransformationSequence')),
    realWorld: realWorldOf(within('RealWorldValueMappingSequence'), top),
    scaleSlope: scaleSlopeOf(philips),
  };
}

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

/** At the top level the sequence's items are direct children; in a functional group `within` has found the first. */
function realWorldOf(mapping: DataSet, top: DataSet): LinearMap | undefined {
  const item = mapping === top ? items(top, 'RealWorldValueMappingSequence')[0] : mapping;
  if (!item) return undefined;
  const slope = number(item, 'RealWorldValueSlope');
  const intercept = number(item, 'RealWorldValueIntercept');
  if (!slope || intercept === undefined) return undefined;
  const [code] = items(item, 'MeasurementUnitsCodeSequence');
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
