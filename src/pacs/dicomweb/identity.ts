/** What a DICOM file on disk is, read from its beginning; only valid UIDs come out, so that they can name files. */
import { open } from 'node:fs/promises';
import { DataError, FormatError } from '../../core/errors.ts';
import { SILENT } from '../../io/dicom/image.ts';
import { type OpenedDicom, openDicom } from '../../io/dicom/part10.ts';
import { isUid } from '../../io/dicom/uid.ts';
import { text } from '../../io/dicom/values.ts';

export interface DicomIdentity {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntaxUid: string;
}

/** Headers are mostly smaller. */
const HEAD_BYTES = 2 ** 18;
const LAST_TAG = 0x0020_000e;

/**
 * @param name for messages.
 * @throws FormatError for what is no DICOM or is damaged; DataError `dicom/bad-uid`.
 */
export async function readIdentity(path: string, name: string): Promise<DicomIdentity> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    try {
      return identityOf(openDicom(head, name, SILENT, LAST_TAG), name);
    } catch (error) {
      if (!(error instanceof FormatError) || size <= HEAD_BYTES) throw error;
    }
    const whole = Buffer.alloc(size);
    await file.read(whole, 0, size, 0);
    return identityOf(openDicom(whole, name, SILENT, LAST_TAG), name);
  } finally {
    await file.close();
  }
}

function identityOf({ dataSet, syntax }: OpenedDicom, name: string): DicomIdentity {
  const uid = (
    keyword: 'SOPClassUID' | 'SOPInstanceUID' | 'StudyInstanceUID' | 'SeriesInstanceUID',
  ): string => {
    const value = text(dataSet, keyword) ?? '';
    if (isUid(value)) return value;
    throw new DataError(
      'dicom/bad-uid',
      `${name}: its ${keyword} is ${value === '' ? 'missing' : 'no valid UID'}.`,
    );
  };
  return {
    sopClassUid: uid('SOPClassUID'),
    sopInstanceUid: uid('SOPInstanceUID'),
    studyInstanceUid: uid('StudyInstanceUID'),
    seriesInstanceUid: uid('SeriesInstanceUID'),
    transferSyntaxUid: syntax.uid,
  };
}
