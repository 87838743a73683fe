/** Modules that all result objects share (PS3.3): who it is about, what made it, what it was made of. */
import type { Grid } from '../../../core/grid.ts';
import { VERSION } from '../../../core/version.ts';
import type { Attributes } from '../write/attributes.ts';
import type { ObjectToWrite } from '../write/part10.ts';
import { planeAttributes } from '../write/plane.ts';
import { CODES, type Code, codeSequence, PRIVATE_SCHEME } from './codes.ts';
import type { SourceImage, SourceStudy } from './study.ts';

/** What was done to the images. */
export interface ResultAlgorithm {
  /** E.g. `rhomap fit`. */
  readonly name: string;
  /** Every choice, as text for people; longest 10,240 characters. */
  readonly parameters: string;
}

/** What all objects of one set of results share. */
export interface ResultContext {
  readonly source: SourceStudy;
  readonly grid: Grid;
  readonly algorithm: ResultAlgorithm;
  /** A UID for a part of these results: the same for the same images, options and version. */
  readonly uid: (part: string) => string;
}

/** One kind of result is one series. */
export interface ResultSeries {
  readonly key: 'maps' | 'regions' | 'report' | 'pictures';
  readonly modality: 'MR' | 'SEG' | 'SR' | 'OT';
  readonly description: string;
}

const KEYS: readonly ResultSeries['key'][] = ['maps', 'regions', 'report', 'pictures'];
/** Series numbers are 32-bit; some archives take no more than this. */
const MAX_SOURCE_NUMBER = 99_999;

/** Longest value of the VR `LO`. */
const MAX_LONG_STRING = 64;
/** Ends the series descriptions of all results. */
export const RESULT_ENDING = ' (research use)';
/** Longest value of the VR `ST`. */
const MAX_SHORT_TEXT = 1024;

/** Patient, study, series, equipment and SOP common modules. */
export function commonModules(
  { source, algorithm, uid }: ResultContext,
  series: ResultSeries,
  object: { readonly sopClassUid: string; readonly key: string; readonly instanceNumber: number },
): ObjectToWrite {
  return {
    ...source.attributes,
    ...source.content,
    ...PRIVATE_SCHEME,
    SOPClassUID: object.sopClassUid,
    SOPInstanceUID: uid(`${series.key}/${object.key}`),
    InstanceNumber: object.instanceNumber,
    Modality: series.modality,
    BodyPartExamined: source.bodyPart,
    SeriesInstanceUID: uid(series.key),
    SeriesNumber: seriesNumber(source.seriesNumber, series.key),
    SeriesDescription: series.description.slice(0, MAX_LONG_STRING - RESULT_ENDING.length) + RESULT_ENDING,
    SeriesDate: source.content.ContentDate,
    SeriesTime: source.content.ContentTime,
    ...EQUIPMENT,
    ContributingEquipmentSequence: [
      {
        ...EQUIPMENT,
        PurposeOfReferenceCodeSequence: codeSequence(CODES.processingEquipment),
        ContributionDescription: `${algorithm.name} ${VERSION}: ${algorithm.parameters}`.slice(
          0,
          MAX_SHORT_TEXT,
        ),
      },
      ...(Object.keys(source.equipment).length > 0
        ? [
            {
              Manufacturer: '',
              ...source.equipment,
              PurposeOfReferenceCodeSequence: codeSequence(CODES.acquisitionEquipment),
            },
          ]
        : []),
    ],
  };
}

const EQUIPMENT: Attributes = {
  Manufacturer: 'rhomap',
  ManufacturerModelName: 'rhomap',
  DeviceSerialNumber: VERSION,
  SoftwareVersions: VERSION,
};

/** Ten numbers per source series, so that results stand beside their images in a list. */
function seriesNumber(source: number | undefined, key: ResultSeries['key']): number {
  const base = source !== undefined && source > 0 && source <= MAX_SOURCE_NUMBER ? source : 900;
  return 10 * base + 1 + KEYS.indexOf(key);
}

/** What images that rhomap made say of themselves. */
export const DERIVED_IMAGE: Attributes = {
  BurnedInAnnotation: 'NO',
  LossyImageCompression: '00',
};

/** The images behind some slices, by series (common instance reference module). */
export function referencedSeries(images: Iterable<SourceImage>): Attributes {
  const bySeries = Map.groupBy(withoutRepeats(images), ({ seriesInstanceUid }) => seriesInstanceUid);
  return {
    ReferencedSeriesSequence: [...bySeries].map(([SeriesInstanceUID, instances]) => ({
      SeriesInstanceUID,
      ReferencedInstanceSequence: instances.map(sopReference),
    })),
  };
}

/** Each instance once, however many of its frames are meant. */
export const withoutRepeats = (images: Iterable<SourceImage>): SourceImage[] => [
  ...new Map([...images].map((image) => [image.sopInstanceUid, image])).values(),
];

export const sopReference = (image: {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}): Attributes => ({
  ReferencedSOPClassUID: image.sopClassUid,
  ReferencedSOPInstanceUID: image.sopInstanceUid,
});

const frameReference = (image: SourceImage): Attributes => ({
  ...sopReference(image),
  ...(image.frameNumber !== undefined && { ReferencedFrameNumber: image.frameNumber }),
});

/** The derivation image macro of one frame. */
export const derivedFrom = (images: readonly SourceImage[], derivation: Code): Attributes => ({
  DerivationImageSequence: [
    {
      DerivationCodeSequence: codeSequence(derivation),
      SourceImageSequence: images.map((image) => ({
        ...frameReference(image),
        PurposeOfReferenceCodeSequence: codeSequence(CODES.sourceImage),
      })),
    },
  ],
});

/** Functional groups that all frames of a grid share: orientation and pixel size. */
export function sharedGeometry({ grid }: ResultContext): Attributes {
  const { ImageOrientationPatient, PixelSpacing, SpacingBetweenSlices } = planeAttributes(grid, 0);
  return {
    PixelMeasuresSequence: [{ PixelSpacing, SpacingBetweenSlices, SliceThickness: SpacingBetweenSlices }],
    PlaneOrientationSequence: [{ ImageOrientationPatient }],
  };
}

/** Where slice `k` of the grid lies, as a functional group. */
export const slicePosition = (grid: Grid, k: number): Attributes => {
  const { ImagePositionPatient } = planeAttributes(grid, k);
  return { PlanePositionSequence: [{ ImagePositionPatient }] };
};
