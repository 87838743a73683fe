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
  ReferringPhysicianName: [0x0008_0090, 'PN'],
  ManufacturerModelName: [0x0008_1090, 'LO'],
  PatientName: [0x0010_0010, 'PN'],
  PatientID: [0x0010_0020, 'LO'],
  PatientBirthDate: [0x0010_0030, 'DA'],
  PatientSex: [0x0010_0040, 'CS'],
  PatientAge: [0x0010_1010, 'AS'],
  BodyPartExamined: [0x0018_0015, 'CS'],
  SequenceVariant: [0x0018_0021, 'CS'],
  ScanOptions: [0x0018_0022, 'CS'],
  MRAcquisitionType: [0x0018_0023, 'CS'],
  EchoTrainLength: [0x0018_0091, 'IS'],
  SoftwareVersions: [0x0018_1020, 'LO'],
  PatientPosition: [0x0018_5100, 'CS'],
  VelocityEncodingDirection: [0x0018_9090, 'FD'],
  StudyID: [0x0020_0010, 'SH'],
  Laterality: [0x0020_0060, 'CS'],
  NumberOfTemporalPositions: [0x0020_0105, 'IS'],
  PositionReferenceIndicator: [0x0020_1040, 'LO'],
} as const;

/** The DICOM attributes that rhomap writes, by keyword: those that it reads, and what an MR image needs besides. */
export const ATTRIBUTES: typeof DICTIONARY & typeof ONLY_WRITTEN = { ...DICTIONARY, ...ONLY_WRITTEN };

export type WritableKeyword = keyof typeof ATTRIBUTES;

type Binary = 'US' | 'SS' | 'UL' | 'FL' | 'FD';

/** What a value representation takes. An empty text is an attribute without a value; sequences are not written yet. */
type ValueOf<Vr extends string> = Vr extends Binary
  ? number | readonly number[]
  : Vr extends 'DS' | 'IS'
    ? number | readonly number[] | ''
    : Vr extends 'OW'
      ? Uint16Array
      : Vr extends 'OB'
        ? Uint8Array
        : Vr extends 'SQ' | 'OV' | 'OF' | 'OD'
          ? never
          : string | readonly string[];

/** A flat data set by keyword, in any order. */
export type DataSetToWrite = {
  readonly [K in WritableKeyword]?: ValueOf<(typeof ATTRIBUTES)[K][1]>;
};
