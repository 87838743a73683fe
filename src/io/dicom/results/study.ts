/**
 * What results take over from the images they were made of: patient and study, byte for byte in the images' own
 * character set, and which images stand behind each slice. Read from the files again when results are written, so that
 * sorting and fitting never hold patient data.
 */
import { DataError } from '../../../core/errors.ts';
import type { SpinLockCandidate } from '../candidate.ts';
import type { DataSet } from '../data-set.ts';
import { SILENT } from '../image.ts';
import { openDicom } from '../part10.ts';
import { isUid } from '../uid.ts';
import { ATTRIBUTES, type Attributes, type WritableKeyword } from '../write/attributes.ts';
import { uidFrom } from '../write/uid.ts';

/** An image, or one frame of a multi-frame image, that a slice was computed from. */
export interface SourceImage {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** From 1; absent for a single-frame image. */
  readonly frameNumber?: number;
}

export interface SourceStudy {
  readonly studyInstanceUid: string;
  /** Patient, study, frame of reference and character set, as stored. */
  readonly attributes: Attributes;
  /** When the images were made: results carry it too, so that the same images give the same bytes. */
  readonly content: { readonly ContentDate: Text; readonly ContentTime: Text };
  /** The scanner. */
  readonly equipment: Attributes;
  readonly bodyPart: string | undefined;
  readonly seriesNumber: number | undefined;
  /** `[slice][image]`. */
  readonly images: readonly (readonly SourceImage[])[];
}

type Text = string | Uint8Array;
type TextKeyword = {
  [K in keyof Attributes]-?: Uint8Array extends Attributes[K] ? K : never;
}[keyof Attributes];

/** Type 2 attributes: present in every object, without a value where unknown. */
const REQUIRED = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'StudyID',
  'AccessionNumber',
  'ReferringPhysicianName',
] as const;

const OPTIONAL = [
  'SpecificCharacterSet',
  'IssuerOfPatientID',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'LongitudinalTemporalInformationModified',
  'StudyDescription',
] as const;

/** Dates of the images themselves before those of series and study. */
const WHEN = [
  ['AcquisitionDate', 'AcquisitionTime'],
  ['ContentDate', 'ContentTime'],
  ['SeriesDate', 'SeriesTime'],
  ['StudyDate', 'StudyTime'],
] as const;

const NEVER = { ContentDate: '19000101', ContentTime: '000000' };

/**
 * @param read gives a file's bytes by the name it was scanned under.
 * @throws DataError `results/no-uid` where the images do not name their study or themselves.
 */
export async function readSourceStudy(
  candidate: SpinLockCandidate,
  read: (name: string) => Promise<Uint8Array>,
): Promise<SourceStudy> {
  const first = candidate.frames[0]![0]!;
  const { dataSet } = openDicom(await read(first.image.name), first.image.name, SILENT);
  const uid = (value: string, keyword: string): string => {
    if (isUid(value)) return value;
    throw new DataError(
      'results/no-uid',
      `${first.image.name}: ${keyword} is ${value === '' ? 'missing' : 'no valid UID'}, so that DICOM results cannot refer to these images; write NIfTI instead.`,
    );
  };
  const images = candidate.frames.map((times) =>
    times.map(
      ({ image, frame }): SourceImage => ({
        sopClassUid: uid(image.sopClassUid, 'SOPClassUID'),
        sopInstanceUid: uid(image.sopInstanceUid, 'SOPInstanceUID'),
        seriesInstanceUid: uid(image.seriesInstanceUid, 'SeriesInstanceUID'),
        ...(image.frames.length > 1 && { frameNumber: frame.index + 1 }),
      }),
    ),
  );
  const frameOfReference = first.frame.frameOfReferenceUid ?? '';
  return {
    studyInstanceUid: uid(first.image.studyInstanceUid, 'StudyInstanceUID'),
    attributes: {
      ...copied(dataSet, OPTIONAL),
      ...Object.fromEntries(REQUIRED.map((keyword) => [keyword, stored(dataSet, keyword) ?? ''])),
      StudyInstanceUID: first.image.studyInstanceUid,
      FrameOfReferenceUID: isUid(frameOfReference)
        ? frameOfReference
        : uidFrom(`frame-of-reference/${first.image.seriesInstanceUid}`),
      PositionReferenceIndicator: '',
    },
    content: contentTime(dataSet),
    equipment: copied(dataSet, ['Manufacturer', 'ManufacturerModelName', 'SoftwareVersions']),
    bodyPart: storedText(dataSet, 'BodyPartExamined'),
    seriesNumber: first.image.seriesNumber,
    images,
  };
}

function contentTime(dataSet: DataSet): SourceStudy['content'] {
  for (const [date, time] of WHEN) {
    const [ContentDate, ContentTime] = [stored(dataSet, date), stored(dataSet, time)];
    if (ContentDate && ContentTime) return { ContentDate, ContentTime };
  }
  return NEVER;
}

const copied = (dataSet: DataSet, keywords: readonly TextKeyword[]): Attributes =>
  Object.fromEntries(
    keywords.flatMap((keyword) => {
      const bytes = stored(dataSet, keyword);
      return bytes ? [[keyword, bytes]] : [];
    }),
  );

/** The bytes of a text that is there and not blank. */
function stored(dataSet: DataSet, keyword: WritableKeyword): Uint8Array | undefined {
  const element = dataSet.elements.get(ATTRIBUTES[keyword][0]);
  if (!element || element.undefinedLength) return undefined;
  const bytes = dataSet.encoding.bytes.slice(element.offset, element.offset + element.length);
  return bytes.some((byte) => byte !== 0 && byte !== 0x20) && bytes.length <= MAX_BYTES ? bytes : undefined;
}

/** No patient or study attribute is longer; a damaged length would be. */
const MAX_BYTES = 10_240;

const storedText = (dataSet: DataSet, keyword: 'BodyPartExamined'): string | undefined => {
  const bytes = stored(dataSet, keyword);
  return bytes && String.fromCharCode(...bytes).trim();
};
