/**
 * The DICOM attributes that rhomap reads, by keyword: tag and value representation (PS3.6). The VR matters only where
 * a file does not state it (implicit VR, `UN`). Not a full dictionary on purpose: what is not read cannot mislead.
 */
export const DICTIONARY = {
  TransferSyntaxUID: [0x0002_0010, 'UI'],
  SpecificCharacterSet: [0x0008_0005, 'CS'],
  ImageType: [0x0008_0008, 'CS'],
  SOPClassUID: [0x0008_0016, 'UI'],
  SOPInstanceUID: [0x0008_0018, 'UI'],
  Modality: [0x0008_0060, 'CS'],
  Manufacturer: [0x0008_0070, 'LO'],
  SeriesDescription: [0x0008_103e, 'LO'],
  CodeValue: [0x0008_0100, 'SH'],
  FrameType: [0x0008_9007, 'CS'],
  ComplexImageComponent: [0x0008_9208, 'CS'],
  ScanningSequence: [0x0018_0020, 'CS'],
  SequenceName: [0x0018_0024, 'SH'],
  SliceThickness: [0x0018_0050, 'DS'],
  RepetitionTime: [0x0018_0080, 'DS'],
  EchoTime: [0x0018_0081, 'DS'],
  MagneticFieldStrength: [0x0018_0087, 'DS'],
  SpacingBetweenSlices: [0x0018_0088, 'DS'],
  ProtocolName: [0x0018_1030, 'LO'],
  TriggerTime: [0x0018_1060, 'DS'],
  FlipAngle: [0x0018_1314, 'DS'],
  ImagerPixelSpacing: [0x0018_1164, 'DS'],
  EffectiveEchoTime: [0x0018_9082, 'FD'],
  MRTimingAndRelatedParametersSequence: [0x0018_9112, 'SQ'],
  MREchoSequence: [0x0018_9114, 'SQ'],
  MRImageFrameTypeSequence: [0x0018_9226, 'SQ'],
  StudyInstanceUID: [0x0020_000d, 'UI'],
  SeriesInstanceUID: [0x0020_000e, 'UI'],
  SeriesNumber: [0x0020_0011, 'IS'],
  AcquisitionNumber: [0x0020_0012, 'IS'],
  InstanceNumber: [0x0020_0013, 'IS'],
  ImagePositionPatient: [0x0020_0032, 'DS'],
  ImageOrientationPatient: [0x0020_0037, 'DS'],
  FrameOfReferenceUID: [0x0020_0052, 'UI'],
  TemporalPositionIdentifier: [0x0020_0100, 'IS'],
  FrameContentSequence: [0x0020_9111, 'SQ'],
  PlanePositionSequence: [0x0020_9113, 'SQ'],
  PlaneOrientationSequence: [0x0020_9116, 'SQ'],
  TemporalPositionIndex: [0x0020_9128, 'UL'],
  SamplesPerPixel: [0x0028_0002, 'US'],
  PhotometricInterpretation: [0x0028_0004, 'CS'],
  NumberOfFrames: [0x0028_0008, 'IS'],
  Rows: [0x0028_0010, 'US'],
  Columns: [0x0028_0011, 'US'],
  PixelSpacing: [0x0028_0030, 'DS'],
  BitsAllocated: [0x0028_0100, 'US'],
  BitsStored: [0x0028_0101, 'US'],
  HighBit: [0x0028_0102, 'US'],
  PixelRepresentation: [0x0028_0103, 'US'],
  PixelPaddingValue: [0x0028_0120, 'US'],
  PixelPaddingRangeLimit: [0x0028_0121, 'US'],
  RescaleIntercept: [0x0028_1052, 'DS'],
  RescaleSlope: [0x0028_1053, 'DS'],
  RescaleType: [0x0028_1054, 'LO'],
  PixelMeasuresSequence: [0x0028_9110, 'SQ'],
  PixelValueTransformationSequence: [0x0028_9145, 'SQ'],
  MeasurementUnitsCodeSequence: [0x0040_08ea, 'SQ'],
  RealWorldValueMappingSequence: [0x0040_9096, 'SQ'],
  RealWorldValueIntercept: [0x0040_9224, 'FD'],
  RealWorldValueSlope: [0x0040_9225, 'FD'],
  GePrivateCreator: [0x0043_0010, 'LO'],
  /** GE's 0 magnitude, 1 phase, 2 real, 3 imaginary; their ImageType is OTHER for all four. */
  GeRawDataType: [0x0043_102f, 'SS'],
  PhilipsPrivateCreator: [0x2005_0010, 'LO'],
  /** Philips' scale slope SS: stored / SS is proportional to the measured signal, whatever the display scale. */
  PhilipsScaleSlope: [0x2005_100e, 'FL'],
  PhilipsFrameSequence: [0x2005_140f, 'SQ'],
  SharedFunctionalGroupsSequence: [0x5200_9229, 'SQ'],
  PerFrameFunctionalGroupsSequence: [0x5200_9230, 'SQ'],
  ExtendedOffsetTable: [0x7fe0_0001, 'OV'],
  FloatPixelData: [0x7fe0_0008, 'OF'],
  DoubleFloatPixelData: [0x7fe0_0009, 'OD'],
  PixelData: [0x7fe0_0010, 'OW'],
} as const;

export type Keyword = keyof typeof DICTIONARY;

export const tagOf = (keyword: Keyword): number => DICTIONARY[keyword][0];

/** `(0028,0010)` for a tag number. */
export function formatTag(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
