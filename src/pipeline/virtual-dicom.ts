/**
 * A virtual patient as the DICOM files that a Philips scanner would send, on which the DICOM path is tested end to end.
 * As in real ones: no spin-lock time anywhere, one series per slice, the images of a slice told apart by instance
 * number, temporal position and times alone (TriggerTime is the start of the dynamic), and attributes that the standard
 * does not allow. Pixels, slope and geometry are those of the NIfTI file.
 */
import type { CohortOptions, VirtualPatient } from '../cohort/simulate-patient.ts';
import { sliceSize } from '../core/grid.ts';
import type { OutputFile } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import type { DataSetToWrite } from '../io/dicom/write/attributes.ts';
import { writeDicom } from '../io/dicom/write/part10.ts';
import { planeAttributes } from '../io/dicom/write/plane.ts';
import { uidFrom } from '../io/dicom/write/uid.ts';

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

/** Every virtual patient is scanned on the same morning, so that the same seed gives the same bytes. */
const DATE = '20200101';
const START_SECONDS = 9 * 3600;
const SECONDS_PER_SERIES = 30;

/** Start of each dynamic as real files have it, ms: a shot every two seconds, the second and third a little early. */
const dynamicStartMs = (t: number): number => 2000 * t - (t === 1 || t === 2 ? 20 : 0);

/** Series numbers as the scanner counts: 501, 601, … */
const seriesNumber = (slice: number): number => 501 + 100 * slice;

/** Files `dicom/sub-X/SERIES/IM_nnnn.dcm` of a patient of the cohort that `options` describe. */
export function philipsFiles(patient: VirtualPatient, options: CohortOptions): OutputFile[] {
  const { participant, series, stored } = patient;
  const { nSlices } = series.grid;
  const n = sliceSize(series.grid);
  // A UID names what the pixels are: whatever changes them is part of it.
  const identity = JSON.stringify([VERSION, options, participant.id]);
  const uid = (...path: readonly (string | number)[]): string => uidFrom([identity, ...path].join('/'));
  const ofPatient = {
    ...patientAttributes(participant, cohortTag(options)),
    ...protocolAttributes(options.parameters, series.tslMs.length),
    ...scaleAttributes(stored.slope),
    StudyInstanceUID: uid('study'),
    FrameOfReferenceUID: uid('frame-of-reference'),
  };
  return Array.from({ length: nSlices }, (_, k) => {
    const ofSlice = { ...ofPatient, ...sliceAttributes(patient, k), SeriesInstanceUID: uid('series', k) };
    return series.tslMs.map((_, t): OutputFile => {
      const from = (t * nSlices + k) * n;
      const bytes = writeDicom({
        ...ofSlice,
        ...timeAttributes(k, t),
        SOPClassUID: MR_IMAGE_STORAGE,
        SOPInstanceUID: uid('image', k, t),
        PixelData: stored.integers.subarray(from, from + n),
      });
      const name = `IM_${String(t + 1).padStart(4, '0')}.dcm`;
      return { path: `dicom/${participant.id}/${seriesNumber(k)}/${name}`, bytes };
    });
  }).flat();
}

/** Eight hexadecimal digits that tell one cohort's patients from another's of the same number. */
const cohortTag = (options: CohortOptions): string =>
  BigInt(uidFrom(JSON.stringify(options)).slice('2.25.'.length))
    .toString(16)
    .slice(-8);

const patientAttributes = (
  { id, sex, ageYears }: VirtualPatient['participant'],
  tag: string,
): DataSetToWrite => ({
  PatientName: `VIRTUAL^${id}`,
  PatientID: `${id}-${tag}`,
  PatientBirthDate: '',
  PatientSex: sex,
  PatientAge: `${String(ageYears).padStart(3, '0')}Y`,
  StudyDate: DATE,
  StudyTime: timeOfDay(START_SECONDS),
  StudyID: '1',
  AccessionNumber: '',
  ReferringPhysicianName: '',
});

const protocolAttributes = (
  { fields, grid, storage }: CohortOptions['parameters'],
  nTimes: number,
): DataSetToWrite => ({
  Modality: 'MR',
  Manufacturer: 'Philips Medical Systems',
  ManufacturerModelName: 'rhomap virtual scanner',
  SoftwareVersions: VERSION,
  ImageType: ['ORIGINAL', 'PRIMARY', 'M_SE', 'M', 'SE'],
  ProtocolName: 'WIP T1rho_BB',
  BodyPartExamined: 'ABDOMEN',
  PatientPosition: 'HFS',
  PositionReferenceIndicator: '',
  ScanningSequence: 'SE',
  SequenceVariant: 'SK',
  ScanOptions: 'FS',
  MRAcquisitionType: '2D',
  RepetitionTime: 2000,
  EchoTime: 10,
  EchoTrainLength: '',
  FlipAngle: 90,
  MagneticFieldStrength: fields.fieldStrengthT,
  SliceThickness: grid.sliceThicknessMm,
  NumberOfTemporalPositions: nTimes,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: storage.bits,
  HighBit: storage.bits - 1,
  PixelRepresentation: 0,
  // Against the standard, as real files are: no direction, no paired organ, see also TriggerTime.
  VelocityEncodingDirection: [0, 0, 0],
  Laterality: '',
});

/** One slope for all images; stored / scale slope is the signal, whatever the display scale. */
const scaleAttributes = (slope: number): DataSetToWrite => ({
  RescaleIntercept: 0,
  RescaleSlope: slope,
  RescaleType: 'normalized',
  PhilipsPrivateCreator: 'Philips MR Imaging DD 001',
  PhilipsScaleSlope: 1 / slope,
});

const sliceAttributes = ({ series }: VirtualPatient, k: number): DataSetToWrite => ({
  ...planeAttributes(series.grid, k),
  SeriesNumber: seriesNumber(k),
  SeriesDescription: `T1rho_BB ${k + 1}`,
  SeriesDate: DATE,
  SeriesTime: timeOfDay(START_SECONDS + k * SECONDS_PER_SERIES),
});

function timeAttributes(k: number, t: number): DataSetToWrite {
  const startMs = dynamicStartMs(t);
  const time = timeOfDay(START_SECONDS + k * SECONDS_PER_SERIES + startMs / 1000);
  return {
    AcquisitionDate: DATE,
    AcquisitionTime: time,
    ContentDate: DATE,
    ContentTime: time,
    // Only allowed with cardiac gating, and yet there.
    TriggerTime: startMs,
    InstanceNumber: t + 1,
    AcquisitionNumber: 1,
    TemporalPositionIdentifier: t + 1,
  };
}

/** `HHMMSS.ff` */
function timeOfDay(seconds: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${two(seconds / 3600)}${two((seconds / 60) % 60)}${(seconds % 60).toFixed(2).padStart(5, '0')}`;
}
