/**
 * A mask as a Segmentation object (PS3.3, A.51): one segment per label, one binary frame per slice that the segment
 * touches, eight voxels to a byte without padding between rows or frames.
 */
import { sliceSize } from '../../../core/grid.ts';
import type { Mask } from '../../../core/volume.ts';
import type { Attributes } from '../write/attributes.ts';
import { writeDicom } from '../write/part10.ts';
import { CODES, type Code, codeSequence } from './codes.ts';
import { dimensionModule, frameContent, SLICE_DIMENSION } from './dimensions.ts';
import {
  commonModules,
  DERIVED_IMAGE,
  derivedFrom,
  type ResultContext,
  type ResultSeries,
  referencedSeries,
  sharedGeometry,
  slicePosition,
} from './modules.ts';

export const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';

/** `drawn`: what the user gave. `refined`: what is left of it where the map can be trusted. */
export type RegionKind = 'drawn' | 'refined';

export interface RegionObject {
  readonly kind: RegionKind;
  readonly mask: Mask;
  readonly instanceNumber: number;
}

/** A segment of a written object, for reports that refer to it. */
export interface WrittenSegment {
  readonly label: number;
  readonly name: string;
  readonly segmentNumber: number;
  readonly trackingUid: string;
}

export interface WrittenSegmentation {
  readonly bytes: Uint8Array;
  readonly sopInstanceUid: string;
  readonly segments: readonly WrittenSegment[];
}

/** The file and what it holds. Labels without a voxel get no segment; a mask needs at least one voxel. */
export function writeSegmentation(
  context: ResultContext,
  series: ResultSeries,
  { kind, mask, instanceNumber }: RegionObject,
): WrittenSegmentation {
  const { source, uid, grid } = context;
  const frames = framesOf(mask);
  const segments = [...new Set(frames.map(({ label }) => label))].map((label, i): WrittenSegment => {
    const name = mask.names?.get(label) ?? `region ${label}`;
    return { label, name, segmentNumber: i + 1, trackingUid: uid(`tracking/${kind}/${label}`) };
  });
  const numberOf = new Map(segments.map(({ label, segmentNumber }) => [label, segmentNumber]));
  const slices = [...new Set(frames.map(({ slice }) => slice))];
  const common = commonModules(context, series, {
    sopClassUid: SEGMENTATION_STORAGE,
    key: kind,
    instanceNumber,
  });
  const bytes = writeDicom({
    ...common,
    ...DERIVED_IMAGE,
    ...referencedSeries(slices.flatMap((k) => source.images[k]!)),
    ...dimensionModule(uid('dimensions/segment'), [SEGMENT_DIMENSION, SLICE_DIMENSION]),
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: kind === 'drawn' ? 'ROI' : 'ROI_REFINED',
    ContentDescription: kind === 'drawn' ? 'Regions as drawn' : 'Regions refined by uncertainty',
    ContentCreatorName: '',
    SegmentationType: 'BINARY',
    SegmentsOverlap: 'NO',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    Rows: grid.nRows,
    Columns: grid.nColumns,
    NumberOfFrames: frames.length,
    SegmentSequence: segments.map((segment) => segmentItem(segment, kind)),
    SharedFunctionalGroupsSequence: [sharedGeometry(context)],
    PerFrameFunctionalGroupsSequence: frames.map(({ label, slice }) => ({
      ...derivedFrom(source.images[slice]!, SEGMENTATION),
      ...slicePosition(grid, slice),
      ...frameContent(slice, [numberOf.get(label)!, slice + 1]),
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: numberOf.get(label)! }],
    })),
    PixelData: packed(mask, frames),
  });
  return { bytes, sopInstanceUid: common.SOPInstanceUID, segments };
}

const SEGMENTATION: Code = { scheme: 'DCM', value: '113076', meaning: 'Segmentation' };

const SEGMENT_DIMENSION = {
  attribute: 'ReferencedSegmentNumber',
  group: 'SegmentIdentificationSequence',
  label: 'segment',
} as const;

interface SegmentFrame {
  readonly label: number;
  readonly slice: number;
}

/** By label, then by slice. */
function framesOf({ grid, labels }: Mask): SegmentFrame[] {
  const n = sliceSize(grid);
  const found = new Map<string, SegmentFrame>();
  for (let k = 0; k < grid.nSlices; k++)
    for (const label of new Set(labels.subarray(k * n, (k + 1) * n)))
      if (label > 0) found.set(`${label}/${k}`, { label, slice: k });
  return [...found.values()].sort((a, b) => a.label - b.label || a.slice - b.slice);
}

function segmentItem(segment: WrittenSegment, kind: RegionKind): Attributes {
  const { segmentNumber, name, trackingUid } = segment;
  return {
    SegmentNumber: segmentNumber,
    SegmentLabel: name.slice(0, 64),
    SegmentDescription: kind === 'drawn' ? 'as drawn' : 'voxels of the drawn region that can be trusted',
    ...(kind === 'drawn'
      ? { SegmentAlgorithmType: 'MANUAL' }
      : {
          SegmentAlgorithmType: 'SEMIAUTOMATIC',
          SegmentAlgorithmName: 'rhomap ROI refinement by uncertainty',
        }),
    ...propertyOf(name),
    RecommendedDisplayCIELabValue: COLOURS[(segmentNumber - 1) % COLOURS.length]!,
    TrackingID: `${name} (${kind})`,
    TrackingUID: trackingUid,
  };
}

/** An organ only where the region's name says so: a region in a liver map may lie in muscle. */
const propertyOf = (name: string): Attributes =>
  isLiver(name)
    ? {
        SegmentedPropertyCategoryCodeSequence: codeSequence(CODES.anatomicalStructure),
        SegmentedPropertyTypeCodeSequence: codeSequence(CODES.liver),
      }
    : {
        SegmentedPropertyCategoryCodeSequence: codeSequence(CODES.spatialConcept),
        SegmentedPropertyTypeCodeSequence: codeSequence(CODES.selectedRegion),
      };

/** Liver in the languages of the study that rhomap follows, and a few more. */
export const isLiver = (name: string): boolean => /liver|leber|foie|hígado|fegato|肝/i.test(name);

/** Orange, blue, green, magenta in CIELab, scaled as PS3.3 C.10.7.1.1 says. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [46_000, 40_500, 49_000],
  [36_000, 35_000, 18_000],
  [43_000, 18_500, 44_000],
  [39_000, 52_000, 22_000],
];

/** Bit `i % 8` of byte `i / 8` is voxel `i` of all frames in a row. */
function packed({ grid, labels }: Mask, frames: readonly SegmentFrame[]): Uint8Array {
  const n = sliceSize(grid);
  const bytes = new Uint8Array(Math.ceil((n * frames.length) / 8));
  for (const [f, { label, slice }] of frames.entries())
    for (let i = 0; i < n; i++)
      if (labels[slice * n + i] === label) {
        const bit = f * n + i;
        bytes[bit >>> 3]! |= 1 << (bit & 7);
      }
  return bytes;
}
