/**
 * A map as a Parametric Map object (PS3.3, A.75): its float32 values as they are, NaN where there is none, one frame per
 * slice. The unit stands in the real-world value mapping, which maps every value onto itself.
 */
import { sliceSize } from '../../../core/grid.ts';
import type { ParametricMap } from '../../../core/volume.ts';
import type { Attributes } from '../write/attributes.ts';
import { writeDicom } from '../write/part10.ts';
import { CODES, type Code, codeItem, codeSequence, quantityCode, regionCode, unitCode } from './codes.ts';
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

const PARAMETRIC_MAP_STORAGE = '1.2.840.10008.5.1.4.1.1.30';
const FRAME_TYPE = ['DERIVED', 'PRIMARY', 'VOLUME', 'QUANTITY'];

export interface MapObject {
  readonly map: ParametricMap;
  /** What it shows, for people. */
  readonly description: string;
  /** Range that a viewer opens with, in the map's unit. */
  readonly windowRange: readonly [number, number];
  /** From 1, within the series of maps. */
  readonly instanceNumber: number;
}

/** The bytes of the file. The map must lie on the grid of the context. */
export function writeParametricMap(
  context: ResultContext,
  series: ResultSeries,
  { map, description, windowRange, instanceNumber }: MapObject,
): Uint8Array {
  const { grid, source, uid } = context;
  const quantity = quantityCode(map.name);
  const [low, high] = windowRange;
  return writeDicom({
    ...commonModules(context, series, { sopClassUid: PARAMETRIC_MAP_STORAGE, key: map.name, instanceNumber }),
    ...DERIVED_IMAGE,
    ...referencedSeries(source.images.flat()),
    ...dimensionModule(uid('dimensions/slice'), [SLICE_DIMENSION]),
    ImageType: FRAME_TYPE,
    ContentLabel: map.name
      .toUpperCase()
      .replaceAll(/[^A-Z0-9_ ]/g, '_')
      .slice(0, 16),
    ContentDescription: description.slice(0, 64),
    ContentCreatorName: '',
    ContentQualification: 'RESEARCH',
    RecognizableVisualFeatures: 'NO',
    PresentationLUTShape: 'IDENTITY',
    AcquisitionContextSequence: [],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 32,
    Rows: grid.nRows,
    Columns: grid.nColumns,
    NumberOfFrames: grid.nSlices,
    SharedFunctionalGroupsSequence: [
      {
        ...sharedGeometry(context),
        FrameAnatomySequence: [
          { FrameLaterality: 'U', AnatomicRegionSequence: codeSequence(regionCode(source.bodyPart)) },
        ],
        ParametricMapFrameTypeSequence: [{ FrameType: FRAME_TYPE }],
        PixelValueTransformationSequence: [{ RescaleIntercept: 0, RescaleSlope: 1, RescaleType: 'US' }],
        FrameVOILUTSequence: [{ WindowCenter: (low + high) / 2, WindowWidth: high - low }],
        RealWorldValueMappingSequence: [realWorldValues(map, quantity, context)],
      },
    ],
    PerFrameFunctionalGroupsSequence: source.images.map((images, k) => ({
      ...derivedFrom(images, quantity),
      ...slicePosition(grid, k),
      ...frameContent(k, [k + 1]),
    })),
    FloatPixelData: map.values.subarray(0, grid.nSlices * sliceSize(grid)),
  });
}

function realWorldValues(map: ParametricMap, quantity: Code, { algorithm }: ResultContext): Attributes {
  const [first, last] = finiteRange(map.values);
  return {
    DoubleFloatRealWorldValueFirstValueMapped: first,
    DoubleFloatRealWorldValueLastValueMapped: last,
    RealWorldValueIntercept: 0,
    RealWorldValueSlope: 1,
    LUTExplanation: `${quantity.meaning} in ${unitCode(map.unit).meaning}`.slice(0, 64),
    LUTLabel: map.name.slice(0, 16),
    MeasurementUnitsCodeSequence: codeSequence(unitCode(map.unit)),
    QuantityDefinitionSequence: [
      {
        ValueType: 'CODE',
        ConceptNameCodeSequence: codeSequence(QUANTITY),
        ConceptCodeSequence: [codeItem(quantity)],
      },
      {
        ValueType: 'TEXT',
        ConceptNameCodeSequence: codeSequence(CODES.algorithmName),
        TextValue: algorithm.name,
      },
    ],
  };
}

const QUANTITY: Code = { scheme: 'SCT', value: '246205007', meaning: 'Quantity' };

function finiteRange(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values)
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low <= high ? [low, high] : [0, 0];
}
