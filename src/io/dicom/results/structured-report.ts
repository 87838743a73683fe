/**
 * The numbers of regions as a structured report (PS3.16, TID 1500 Measurement Report): one measurement group per region
 * (TID 1411), which refers to its segment. Enhanced SR, which more archives take than the newer classes.
 */
import { VERSION } from '../../../core/version.ts';
import type { Attributes } from '../write/attributes.ts';
import { IMPLEMENTATION, writeDicom } from '../write/part10.ts';
import { CODES } from './codes.ts';
import {
  codeContent,
  container,
  imageContent,
  type NumberContent,
  numberContent,
  textContent,
  uidContent,
} from './content-item.ts';
import {
  commonModules,
  type ResultContext,
  type ResultSeries,
  sopReference,
  withoutRepeats,
} from './modules.ts';
import { isLiver, type RegionKind, SEGMENTATION_STORAGE, type WrittenSegment } from './segmentation.ts';

const ENHANCED_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.22';

/** The numbers of one region. */
export interface MeasurementGroup {
  readonly kind: RegionKind;
  readonly segment: WrittenSegment;
  readonly segmentationUid: string;
  readonly numbers: readonly NumberContent[];
}

/** The bytes of the file. `segmentationSeriesUid` is the series that the groups' segmentations are in. */
export function writeMeasurementReport(
  context: ResultContext,
  series: ResultSeries,
  groups: readonly MeasurementGroup[],
  segmentationSeriesUid: string,
): Uint8Array {
  const { FrameOfReferenceUID, PositionReferenceIndicator, ...attributes } = context.source.attributes;
  const source = { ...context.source, attributes };
  const { RelationshipType, ...root } = container(CODES.measurementReport, reportContent(context, groups));
  return writeDicom({
    ...commonModules({ ...context, source }, series, {
      sopClassUid: ENHANCED_SR_STORAGE,
      key: 'measurements',
      instanceNumber: 1,
    }),
    ...root,
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    PerformedProcedureCodeSequence: [],
    ReferencedPerformedProcedureStepSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [evidence(context, groups, segmentationSeriesUid)],
  });
}

function reportContent(context: ResultContext, groups: readonly MeasurementGroup[]): Attributes[] {
  const { source } = context;
  return [
    codeContent('HAS CONCEPT MOD', CODES.language, CODES.english),
    codeContent('HAS OBS CONTEXT', CODES.observerType, CODES.device),
    uidContent('HAS OBS CONTEXT', CODES.deviceObserverUid, String(IMPLEMENTATION.ImplementationClassUID)),
    textContent('HAS OBS CONTEXT', CODES.deviceObserverName, `rhomap ${VERSION} (research use)`),
    textContent('HAS OBS CONTEXT', CODES.deviceObserverManufacturer, 'rhomap'),
    textContent('HAS OBS CONTEXT', CODES.deviceObserverModelName, 'rhomap'),
    codeContent('HAS CONCEPT MOD', CODES.procedureReported, CODES.magneticResonanceImaging),
    container(CODES.imageLibrary, [
      container(
        CODES.imageLibraryGroup,
        withoutRepeats(source.images.flat()).map((image) => imageContent(undefined, sopReference(image))),
      ),
    ]),
    container(
      CODES.measurements,
      groups.map((group) => groupContent(group, context)),
    ),
  ];
}

function groupContent(
  { kind, segment, segmentationUid, numbers }: MeasurementGroup,
  { source, algorithm }: ResultContext,
): Attributes {
  const seriesUids = [...new Set(source.images.flat().map(({ seriesInstanceUid }) => seriesInstanceUid))];
  return container(CODES.measurementGroup, [
    textContent('HAS OBS CONTEXT', CODES.trackingIdentifier, `${segment.name} (${kind})`),
    uidContent('HAS OBS CONTEXT', CODES.trackingUniqueIdentifier, segment.trackingUid),
    imageContent(CODES.referencedSegment, {
      ...sopReference({ sopClassUid: SEGMENTATION_STORAGE, sopInstanceUid: segmentationUid }),
      ReferencedSegmentNumber: segment.segmentNumber,
    }),
    ...seriesUids.map((uid) => uidContent('CONTAINS', CODES.sourceSeriesForSegmentation, uid)),
    ...(isLiver(segment.name) ? [codeContent('HAS CONCEPT MOD', CODES.findingSite, CODES.liver)] : []),
    textContent('HAS CONCEPT MOD', CODES.algorithmName, algorithm.name),
    textContent('HAS CONCEPT MOD', CODES.algorithmVersion, VERSION),
    ...numbers.filter(({ value }) => Number.isFinite(value)).map(numberContent),
  ]);
}

/** Everything that the report refers to, by series. */
function evidence(
  { source }: ResultContext,
  groups: readonly MeasurementGroup[],
  segmentationSeriesUid: string,
): Attributes {
  const bySeries = Map.groupBy(withoutRepeats(source.images.flat()), (image) => image.seriesInstanceUid);
  const segmentations = [...new Set(groups.map(({ segmentationUid }) => segmentationUid))].map(
    (sopInstanceUid) => ({ sopClassUid: SEGMENTATION_STORAGE, sopInstanceUid }),
  );
  return {
    StudyInstanceUID: source.studyInstanceUid,
    ReferencedSeriesSequence: [...bySeries, [segmentationSeriesUid, segmentations] as const].map(
      ([SeriesInstanceUID, images]) => ({
        SeriesInstanceUID,
        ReferencedSOPSequence: images.map(sopReference),
      }),
    ),
  };
}
