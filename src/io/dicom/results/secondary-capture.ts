/** A picture with its colour bar for viewers that know no parametric maps (PS3.3, A.8.1); never to be measured on. */
import { writeDicom } from '../write/part10.ts';
import {
  commonModules,
  DERIVED_IMAGE,
  type ResultContext,
  type ResultSeries,
  sopReference,
  withoutRepeats,
} from './modules.ts';

const SECONDARY_CAPTURE_STORAGE = '1.2.840.10008.5.1.4.1.1.7';

/** Pixels of a picture without patient data. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `[row, column, red green blue]`. */
  readonly rgb: Uint8Array;
}

/** The bytes of the file: slice `slice` (from 0) of a map as a picture. */
export function writeSecondaryCapture(
  context: ResultContext,
  series: ResultSeries,
  { width, height, rgb }: Picture,
  slice: number,
): Uint8Array {
  const { FrameOfReferenceUID, PositionReferenceIndicator, ...attributes } = context.source.attributes;
  const source = { ...context.source, attributes };
  return writeDicom({
    ...commonModules({ ...context, source }, series, {
      sopClassUid: SECONDARY_CAPTURE_STORAGE,
      key: `slice-${slice + 1}`,
      instanceNumber: slice + 1,
    }),
    ...DERIVED_IMAGE,
    ConversionType: 'WSD',
    PatientOrientation: '',
    // Only an organ that is known not to be one of a pair may go without.
    ...(context.source.bodyPart === undefined && { Laterality: '' }),
    ImageType: ['DERIVED', 'SECONDARY'],
    DerivationDescription: `${series.description}, slice ${slice + 1}: a picture, not to be measured on`,
    SourceImageSequence: withoutRepeats(context.source.images[slice]!).map(sopReference),
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: rgb,
  });
}
