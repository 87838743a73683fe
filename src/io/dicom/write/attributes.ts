import { DICTIONARY } from '../dictionary.ts';

const ONLY_WRITTEN = {
  FileMetaInformationGroupLength: [0x0002_0000, 'UL'],
  FileMetaInformationVersion: [0x0002_0001, 'OB'],
  MediaStorageSOPClassUID: [0x0002_0002, 'UI'],
  MediaStorageSOPInstanceUID: [0x0002_0003, 'UI'],
  ImplementationClassUID: [0x0002_0012, 'UI'],
  ImplementationVersionName: [0x0002_0013, 'SH'],
  StudyDate: [0x0008_0020, 'DA'],
  SeriesDate: [0x0008_0021, 'DA'],
  AcquisitionDate: [0x0008_0022, 'DA'],
  ContentDate: [0x0008_0023, 'DA'],
  StudyTime: [0x0008_0030, 'TM'],
  SeriesTime: [0x0008_0031, 'TM'],
  AcquisitionTime: [0x0008_0032, 'TM'],
  ContentTime: [0x0008_0033, 'TM'],
  AccessionNumber: [0x0008_0050, 'SH'],
  ConversionType: [0x0008_0064, 'CS'],
  ReferringPhysicianName: [0x0008_0090, 'PN'],
  CodingSchemeDesignator: [0x0008_0102, 'SH'],
  CodingSchemeVersion: [0x0008_0103, 'SH'],
  CodeMeaning: [0x0008_0104, 'LO'],
  MappingResource: [0x0008_0105, 'CS'],
  CodingSchemeIdentificationSequence: [0x0008_0110, 'SQ'],
  CodingSchemeName: [0x0008_0115, 'ST'],
  CodingSchemeResponsibleOrganization: [0x0008_0116, 'ST'],
  StudyDescription: [0x0008_1030, 'LO'],
  ManufacturerModelName: [0x0008_1090, 'LO'],
  ReferencedPerformedProcedureStepSequence: [0x0008_1111, 'SQ'],
  ReferencedSeriesSequence: [0x0008_1115, 'SQ'],
  ReferencedInstanceSequence: [0x0008_114a, 'SQ'],
  ReferencedSOPClassUID: [0x0008_1150, 'UI'],
  ReferencedSOPInstanceUID: [0x0008_1155, 'UI'],
  ReferencedFrameNumber: [0x0008_1160, 'IS'],
  ReferencedSOPSequence: [0x0008_1199, 'SQ'],
  DerivationDescription: [0x0008_2111, 'ST'],
  SourceImageSequence: [0x0008_2112, 'SQ'],
  AnatomicRegionSequence: [0x0008_2218, 'SQ'],
  DerivationImageSequence: [0x0008_9124, 'SQ'],
  DerivationCodeSequence: [0x0008_9215, 'SQ'],
  PatientName: [0x0010_0010, 'PN'],
  PatientID: [0x0010_0020, 'LO'],
  IssuerOfPatientID: [0x0010_0021, 'LO'],
  PatientBirthDate: [0x0010_0030, 'DA'],
  PatientSex: [0x0010_0040, 'CS'],
  PatientAge: [0x0010_1010, 'AS'],
  PatientSize: [0x0010_1020, 'DS'],
  PatientWeight: [0x0010_1030, 'DS'],
  PatientIdentityRemoved: [0x0012_0062, 'CS'],
  DeidentificationMethod: [0x0012_0063, 'LO'],
  BodyPartExamined: [0x0018_0015, 'CS'],
  SequenceVariant: [0x0018_0021, 'CS'],
  ScanOptions: [0x0018_0022, 'CS'],
  MRAcquisitionType: [0x0018_0023, 'CS'],
  EchoTrainLength: [0x0018_0091, 'IS'],
  DeviceSerialNumber: [0x0018_1000, 'LO'],
  SoftwareVersions: [0x0018_1020, 'LO'],
  PatientPosition: [0x0018_5100, 'CS'],
  ContentQualification: [0x0018_9004, 'CS'],
  VelocityEncodingDirection: [0x0018_9090, 'FD'],
  ContributingEquipmentSequence: [0x0018_a001, 'SQ'],
  ContributionDescription: [0x0018_a003, 'ST'],
  PatientOrientation: [0x0020_0020, 'CS'],
  StudyID: [0x0020_0010, 'SH'],
  Laterality: [0x0020_0060, 'CS'],
  NumberOfTemporalPositions: [0x0020_0105, 'IS'],
  PositionReferenceIndicator: [0x0020_1040, 'LO'],
  StackID: [0x0020_9056, 'SH'],
  InStackPositionNumber: [0x0020_9057, 'UL'],
  FrameAnatomySequence: [0x0020_9071, 'SQ'],
  FrameLaterality: [0x0020_9072, 'CS'],
  DimensionIndexValues: [0x0020_9157, 'UL'],
  DimensionOrganizationUID: [0x0020_9164, 'UI'],
  DimensionIndexPointer: [0x0020_9165, 'AT'],
  FunctionalGroupPointer: [0x0020_9167, 'AT'],
  DimensionOrganizationSequence: [0x0020_9221, 'SQ'],
  DimensionIndexSequence: [0x0020_9222, 'SQ'],
  DimensionOrganizationType: [0x0020_9311, 'CS'],
  DimensionDescriptionLabel: [0x0020_9421, 'LO'],
  PlanarConfiguration: [0x0028_0006, 'US'],
  BurnedInAnnotation: [0x0028_0301, 'CS'],
  RecognizableVisualFeatures: [0x0028_0302, 'CS'],
  LongitudinalTemporalInformationModified: [0x0028_0303, 'CS'],
  WindowCenter: [0x0028_1050, 'DS'],
  WindowWidth: [0x0028_1051, 'DS'],
  SpatialLocationsPreserved: [0x0028_135a, 'CS'],
  LossyImageCompression: [0x0028_2110, 'CS'],
  LUTExplanation: [0x0028_3003, 'LO'],
  FrameVOILUTSequence: [0x0028_9132, 'SQ'],
  AcquisitionContextSequence: [0x0040_0555, 'SQ'],
  ParametricMapFrameTypeSequence: [0x0040_9092, 'SQ'],
  LUTLabel: [0x0040_9210, 'SH'],
  DoubleFloatRealWorldValueLastValueMapped: [0x0040_9213, 'FD'],
  DoubleFloatRealWorldValueFirstValueMapped: [0x0040_9214, 'FD'],
  QuantityDefinitionSequence: [0x0040_9220, 'SQ'],
  RelationshipType: [0x0040_a010, 'CS'],
  ValueType: [0x0040_a040, 'CS'],
  ConceptNameCodeSequence: [0x0040_a043, 'SQ'],
  ContinuityOfContent: [0x0040_a050, 'CS'],
  UID: [0x0040_a124, 'UI'],
  TextValue: [0x0040_a160, 'UT'],
  FloatingPointValue: [0x0040_a161, 'FD'],
  ConceptCodeSequence: [0x0040_a168, 'SQ'],
  PurposeOfReferenceCodeSequence: [0x0040_a170, 'SQ'],
  MeasuredValueSequence: [0x0040_a300, 'SQ'],
  NumericValue: [0x0040_a30a, 'DS'],
  PerformedProcedureCodeSequence: [0x0040_a372, 'SQ'],
  CurrentRequestedProcedureEvidenceSequence: [0x0040_a375, 'SQ'],
  CompletionFlag: [0x0040_a491, 'CS'],
  VerificationFlag: [0x0040_a493, 'CS'],
  PreliminaryFlag: [0x0040_a496, 'CS'],
  ContentTemplateSequence: [0x0040_a504, 'SQ'],
  ContentSequence: [0x0040_a730, 'SQ'],
  TemplateIdentifier: [0x0040_db00, 'CS'],
  SegmentedPropertyCategoryCodeSequence: [0x0062_0003, 'SQ'],
  SegmentDescription: [0x0062_0006, 'ST'],
  SegmentAlgorithmType: [0x0062_0008, 'CS'],
  SegmentAlgorithmName: [0x0062_0009, 'LO'],
  RecommendedDisplayCIELabValue: [0x0062_000d, 'US'],
  SegmentedPropertyTypeCodeSequence: [0x0062_000f, 'SQ'],
  SegmentsOverlap: [0x0062_0013, 'CS'],
  TrackingID: [0x0062_0020, 'UT'],
  TrackingUID: [0x0062_0021, 'UI'],
  ContentLabel: [0x0070_0080, 'CS'],
  ContentDescription: [0x0070_0081, 'LO'],
  ContentCreatorName: [0x0070_0084, 'PN'],
  PresentationLUTShape: [0x2050_0020, 'CS'],
} as const;

/** The DICOM attributes that rhomap writes, by keyword: those that it reads, and what images and results need besides. */
export const ATTRIBUTES: typeof DICTIONARY & typeof ONLY_WRITTEN = { ...DICTIONARY, ...ONLY_WRITTEN };

export type WritableKeyword = keyof typeof ATTRIBUTES;

type Binary = 'US' | 'SS' | 'UL' | 'FL' | 'FD' | 'AT';

/**
 * What a value representation takes. An empty text is an attribute without a value; bytes in place of text are written as
 * they are, in whatever character set the data set states.
 */
type ValueOf<Vr extends string> = Vr extends Binary
  ? number | readonly number[]
  : Vr extends 'DS' | 'IS'
    ? number | readonly number[] | '' | Uint8Array
    : Vr extends 'OW'
      ? Uint16Array | Uint8Array
      : Vr extends 'OB'
        ? Uint8Array
        : Vr extends 'OF'
          ? Float32Array
          : Vr extends 'SQ'
            ? readonly DataSetToWrite[]
            : Vr extends 'OV' | 'OD'
              ? never
              : string | readonly string[] | Uint8Array;

/** A data set by keyword, in any order; sequences hold data sets; what is `undefined` is left out. */
export type DataSetToWrite = {
  readonly [K in WritableKeyword]?: ValueOf<(typeof ATTRIBUTES)[K][1]> | undefined;
};

/** A part of a data set: anything but what the object is. */
export type Attributes = Omit<DataSetToWrite, 'SOPClassUID' | 'SOPInstanceUID'>;
