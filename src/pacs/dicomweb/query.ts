/** QIDO-RS (PS3.18, 10.6): what studies and series a server has. */
import { z } from 'zod';
import { FormatError } from '../../core/errors.ts';
import { isUid } from '../../io/dicom/uid.ts';
import { ask, type DicomWebServer, printable, readBounded } from './connection.ts';

export interface StudyFilter {
  readonly patientId?: string | undefined;
  /** May hold `*` and `?`. */
  readonly patientName?: string | undefined;
  /** `YYYYMMDD` or `YYYYMMDD-YYYYMMDD`. */
  readonly date?: string | undefined;
  readonly modality?: string | undefined;
  readonly limit: number;
}

export interface FoundStudy {
  readonly studyInstanceUid: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly date: string;
  readonly description: string;
  readonly modalities: string;
  readonly nSeries: number | null;
  readonly nInstances: number | null;
}

export interface FoundSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly seriesNumber: string;
  readonly modality: string;
  readonly description: string;
  readonly protocol: string;
  readonly nInstances: number | null;
}

const MAX_ANSWER_BYTES = 32 * 2 ** 20;

const item = z.record(z.string(), z.looseObject({ Value: z.array(z.unknown()).optional() }));
type Item = z.infer<typeof item>;

/** @throws as `ask`; FormatError `pacs/answer` for what is no DICOM JSON. */
export async function findStudies(server: DicomWebServer, filter: StudyFilter): Promise<FoundStudy[]> {
  const items = await query(server, 'studies', {
    ...{ PatientID: filter.patientId, PatientName: filter.patientName, StudyDate: filter.date },
    ...{ ModalitiesInStudy: filter.modality, limit: String(filter.limit) },
    includefield: ['00081030', '00080061', '00201206', '00201208'],
  });
  return items.slice(0, filter.limit).map((found) => ({
    studyInstanceUid: uid(server, found, '0020000D'),
    patientName: value(found, '00100010'),
    patientId: value(found, '00100020'),
    date: value(found, '00080020'),
    description: value(found, '00081030'),
    modalities: value(found, '00080061'),
    nSeries: count(found, '00201206'),
    nInstances: count(found, '00201208'),
  }));
}

/** @throws as `findStudies`. */
export async function findSeries(server: DicomWebServer, studyInstanceUid: string): Promise<FoundSeries[]> {
  const items = await query(server, `studies/${studyInstanceUid}/series`, {
    includefield: ['0008103E', '00181030', '00201209'],
  });
  return items.map((found) => ({
    studyInstanceUid,
    seriesInstanceUid: uid(server, found, '0020000E'),
    seriesNumber: value(found, '00200011'),
    modality: value(found, '00080060'),
    description: value(found, '0008103E'),
    protocol: value(found, '00181030'),
    nInstances: count(found, '00201209'),
  }));
}

async function query(
  server: DicomWebServer,
  path: string,
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<Item[]> {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    for (const one of values === undefined ? [] : [values].flat()) search.append(name, one);
  const response = await ask(server, {
    ...{ method: 'GET', path, query: search, expected: [200, 204] },
    headers: { accept: 'application/dicom+json' },
  });
  const bytes = await readBounded(server, response, MAX_ANSWER_BYTES);
  // 204: nothing found.
  if (bytes.length === 0) return [];
  return readItems(server, bytes);
}

function readItems(server: DicomWebServer, bytes: Buffer): Item[] {
  try {
    return z.array(item).parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw notDicomJson(server, cause);
  }
}

const notDicomJson = (server: DicomWebServer, cause?: unknown): FormatError =>
  new FormatError(
    'pacs/answer',
    server.url.href,
    'what it answers is no list of DICOM; is this the address of DICOMweb (often it ends in /dicom-web)?',
    { cause },
  );

function uid(server: DicomWebServer, found: Item, tag: string): string {
  const text = value(found, tag);
  if (!isUid(text)) throw notDicomJson(server);
  return text;
}

/** All values of an attribute as one text, safe to print. */
function value(found: Item, tag: string): string {
  const texts = (found[tag]?.Value ?? []).map((one) => {
    if (typeof one !== 'object' || one === null) return String(one ?? '');
    return 'Alphabetic' in one ? String(one.Alphabetic) : '';
  });
  return printable(texts.join('\\'));
}

function count(found: Item, tag: string): number | null {
  const number = Number(value(found, tag) || Number.NaN);
  return Number.isSafeInteger(number) ? number : null;
}
