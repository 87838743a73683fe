/**
 * De-identification by the Basic Profile of DICOM PS3.15, Annex E, and stricter: what the table does not name is kept only
 * if it cannot hold free text (numbers, codes, pixels) or is on a short list of technical texts. All UIDs are replaced,
 * private attributes, curves and overlays go, at any depth. The same file, key and options give the same bytes.
 */
import { createHmac } from 'node:crypto';
import { DataError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { type DataSet, type Element, itemRanges, readElements } from '../../io/dicom/data-set.ts';
import { asImplicit, type Encoding } from '../../io/dicom/header.ts';
import { SILENT } from '../../io/dicom/image.ts';
import { openDicom } from '../../io/dicom/part10.ts';
import { text } from '../../io/dicom/values.ts';
import { ATTRIBUTES } from '../../io/dicom/write/attributes.ts';
import { encodeElement, encodeFile, encodeSequence, type FileParts } from './encode.ts';
import { BASIC_PROFILE, PATIENT_CHARACTERISTICS } from './table.ts';

export interface DeidentifyOptions {
  /** At least 16 bytes; whoever has them can tell which pseudonym is whose, given the names. */
  readonly key: string;
  /** Dates move by the same days for all of a patient's images; else they are removed. */
  readonly shiftDates?: boolean | undefined;
  readonly keepPatientCharacteristics?: boolean | undefined;
}

export interface Deidentified {
  readonly bytes: Uint8Array;
  /** Name and ID of the patient in the file. */
  readonly pseudonym: string;
  /** `pseudonym/series/image.dcm`, made of replaced UIDs alone. */
  readonly path: string;
}

const VR_BY_TAG = new Map<number, string>(Object.values(ATTRIBUTES).map(([tag, vr]) => [tag, vr]));
/** Value representations without free text. Codes (CS) are checked, numbers in text too. */
const PLAIN = new Set('AT CS DS FD FL IS OB OD OF OL OV OW SL SS SV UL US UV'.split(' '));
/** Technical texts: maker, model, coils, sequence, stack, codes, segment, units. */
const TECHNICAL_TEXTS = new Set([
  0x0008_0070, 0x0008_1090, 0x0018_1020, 0x0018_0024, 0x0018_1250, 0x0018_1251, 0x0020_9056, 0x0008_0100,
  0x0008_0102, 0x0008_0103, 0x0008_0104, 0x0018_0085, 0x0028_1054, 0x0028_3003, 0x0040_9210, 0x0018_9005,
]);
/** Modalities in whose pixels or texts names are usual. */
const TEXT_IN_PIXELS = new Set('US ES XC SC OT SR DOC PR KO GM SM OP HC SEG RTSTRUCT'.split(' '));
const MAX_DEPTH = 32;

/**
 * @throws DataError `deidentify/burned-in` for images and documents whose identity tags cannot show, `deidentify/left`
 *   where something of the patient is still there; FormatError for a damaged file.
 */
export function deidentify(
  bytes: Uint8Array,
  name: string,
  options: DeidentifyOptions,
  warnings: WarningSink,
): Deidentified {
  const { dataSet, syntax } = openDicom(bytes, name, warnings);
  refuseHidden(dataSet, name);
  const hash = (value: string): string => createHmac('sha256', options.key).update(value).digest('hex');
  const patient = [stored(dataSet, 0x0010_0020), stored(dataSet, 0x0010_0010), stored(dataSet, 0x0010_0030)];
  const pseudonym = `P${hash(`patient/${patient[0] || patient.join('/')}`)
    .slice(0, 12)
    .toUpperCase()}`;
  const days = 1 + (Number.parseInt(hash(`days/${pseudonym}`).slice(0, 8), 16) % 3650);
  const context: Context = { options, hash, pseudonym, days };
  const body = rewrite(dataSet.encoding, dataSet.elements.values(), context, 0);
  const [sopInstanceUid, seriesUid] = [0x0008_0018, 0x0020_000e].map((tag) => stored(dataSet, tag));
  const file = encodeFile(dataSet.encoding, syntax, {
    ...{ body, pseudonym, sopClassUid: stored(dataSet, 0x0008_0016) },
    sopInstanceUid: newUid(sopInstanceUid!, hash),
    method: methodOf(options),
  });
  assertNothingLeft(file, name, dataSet, options);
  const short = (value: string): string => hash(`name/${value}`).slice(0, 16);
  return { bytes: file, pseudonym, path: `${pseudonym}/${short(seriesUid!)}/${short(sopInstanceUid!)}.dcm` };
}

interface Context {
  readonly options: DeidentifyOptions;
  readonly hash: (value: string) => string;
  readonly pseudonym: string;
  readonly days: number;
}

/** What was done, as DICOM codes (PS3.16, CID 7050). */
function methodOf({ shiftDates, keepPatientCharacteristics }: DeidentifyOptions): FileParts['method'] {
  return {
    text: `rhomap ${VERSION}: PS3.15 Basic Profile, 2024b`,
    dates: shiftDates ? 'MODIFIED' : 'REMOVED',
    codes: [
      ['113100', 'Basic Application Confidentiality Profile'],
      ...(shiftDates ? [DATES_MOVED] : []),
      ...(keepPatientCharacteristics ? [CHARACTERISTICS_KEPT] : []),
    ],
  };
}

const DATES_MOVED = ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'] as const;
const CHARACTERISTICS_KEPT = ['113108', 'Retain Patient Characteristics Option'] as const;

function refuseHidden(dataSet: DataSet, name: string): void {
  const modality = text(dataSet, 'Modality') ?? 'none';
  const burned = stored(dataSet, 0x0028_0301).toUpperCase() === 'YES';
  if (burned || TEXT_IN_PIXELS.has(modality) || modality === 'none')
    throw new DataError(
      'deidentify/burned-in',
      `${name}: ${burned ? 'its pixels carry text, says the file' : `objects of modality ${modality} often carry names in pixels or texts`}, which tags cannot show; it was left out.`,
    );
}

/** The text of a top-level element, without padding. */
function stored(dataSet: DataSet, tag: number): string {
  const element = dataSet.elements.get(tag);
  return element ? latin1(dataSet.encoding, element) : '';
}

const latin1 = ({ bytes }: Encoding, { offset, length }: Element): string =>
  Buffer.from(bytes.subarray(offset, offset + Math.min(length, 1024)))
    .toString('latin1')
    .replace(/[\0 ]+$/, '');

/** The elements that stay, encoded as they were. */
function rewrite(
  encoding: Encoding,
  elements: Iterable<Element>,
  context: Context,
  depth: number,
): Uint8Array[] {
  if (depth > MAX_DEPTH)
    throw new DataError(
      'deidentify/depth',
      `${encoding.name}: sequences are nested more than ${MAX_DEPTH} deep.`,
    );
  return [...elements].flatMap((element) => rewriteElement(encoding, element, context, depth));
}

function rewriteElement(encoding: Encoding, element: Element, context: Context, depth: number): Uint8Array[] {
  const { tag } = element;
  const [group, known] = [tag >>> 16, VR_BY_TAG.get(tag)];
  const vr = element.vr === '' || element.vr === 'UN' ? (known ?? '') : element.vr;
  if (group % 2 === 1 || group <= 2 || (tag & 0xffff) === 0) return [];
  if ((group >= 0x5000 && group <= 0x50ff) || (group >= 0x6000 && group <= 0x60ff)) return [];
  const write = (value: string | Uint8Array): Uint8Array[] => [encodeElement(encoding, tag, vr, value)];
  const raw = (): Uint8Array => encoding.bytes.subarray(element.offset, element.offset + element.length);
  if (tag === 0x0010_0010 || tag === 0x0010_0020) return depth === 0 ? write(context.pseudonym) : [];
  // Written anew with what was done.
  if (tag >= 0x0012_0062 && tag <= 0x0012_0064) return [];
  if (tag === 0x0028_0303) return [];
  if (tag === 0x0008_0005) return /^[A-Z0-9_ \\]*$/.test(latin1(encoding, element)) ? write(raw()) : [];
  if (vr === 'UI') return write(uids(latin1(encoding, element), context.hash));
  if (PATIENT_CHARACTERISTICS.has(tag) && context.options.keepPatientCharacteristics)
    return characteristic(latin1(encoding, element), write);
  if (vr === 'DA' || vr === 'DT' || vr === 'TM')
    return rewriteDate(latin1(encoding, element), vr, tag, context, write);
  const action = BASIC_PROFILE.get(tag);
  if (action === 'X') return [];
  if (action && vr === 'SQ') return [encodeSequence(encoding, tag, [])];
  if (action) return write(action === 'D' ? dummy(vr) : '');
  if (tag >= 0x7fe0_0008)
    return [encodeElement(encoding, tag, vr || element.vr, raw(), element.undefinedLength)];
  if (vr === 'SQ') return [rewriteSequence(encoding, element, context, depth)];
  return isPlain(vr, tag, latin1(encoding, element)) ? write(raw()) : [];
}

function rewriteSequence(encoding: Encoding, element: Element, context: Context, depth: number): Uint8Array {
  const inner = element.vr === 'UN' ? asImplicit(encoding, true) : encoding;
  const items = itemRanges(inner, element).map(({ start, end }) =>
    rewrite(inner, readElements(inner, start, end).elements.values(), context, depth + 1),
  );
  // Bytes of an implicit sequence do not fit into an explicit one: such rare ones are dropped.
  return inner === encoding ? encodeSequence(encoding, element.tag, items) : new Uint8Array(0);
}

/** Cannot hold a name: numbers, codes of the standard's form, or a technical text. */
function isPlain(vr: string, tag: number, value: string): boolean {
  if (TECHNICAL_TEXTS.has(tag)) return true;
  if (!PLAIN.has(vr)) return false;
  if (vr === 'CS') return /^[A-Z0-9_ \\]*$/.test(value);
  if (vr === 'DS' || vr === 'IS') return /^[-+.\dEe \\]*$/.test(value);
  // Bytes of any content, but for pixels and their tables, are not understood and not kept.
  return !vr.startsWith('O') || (tag >= 0x0028_1101 && tag <= 0x0028_1203);
}

/** Ages, sizes and codes; a free text in their place goes. */
const characteristic = (value: string, write: (value: string) => Uint8Array[]): Uint8Array[] =>
  /^(\d{3}[DWMY]|[MFO]|[\d.]{1,16}|YES|NO|UNKNOWN|)$/.test(value) ? write(value) : write('');

const DUMMIES: Readonly<Record<string, string>> = {
  DA: '19000101',
  TM: '000000',
  DT: '19000101000000',
  DS: '0',
  IS: '0',
  AS: '000Y',
  CS: 'REMOVED',
};
const dummy = (vr: string): string => DUMMIES[vr] ?? 'REMOVED';

function rewriteDate(
  value: string,
  vr: string,
  tag: number,
  { options, days }: Context,
  write: (value: string) => Uint8Array[],
): Uint8Array[] {
  // A birth date would make the shift known.
  const isBirth = tag === 0x0010_0030 || tag === 0x0010_0032;
  if (options.shiftDates && !isBirth) {
    if (vr === 'TM' && /^[\d.:]*$/.test(value)) return write(value);
    const parts = /^(\d{4})(\d{2})(\d{2})([\d.]*)/.exec(value);
    if (parts && vr !== 'TM') {
      const time = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) - days * 86_400_000;
      const moved = new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
      return write(vr === 'DA' ? moved : moved + parts[4]!);
    }
  }
  const action = BASIC_PROFILE.get(tag) ?? 'X';
  return action === 'X' ? [] : write(action === 'D' ? dummy(vr) : '');
}

/** The standard's own UIDs (classes, transfer syntaxes) name nobody. */
const STANDARD_ROOT = '1.2.840.10008.';
const uids = (value: string, hash: (value: string) => string): string =>
  value
    .split('\\')
    .map((uid) => newUid(uid, hash))
    .join('\\');

function newUid(uid: string, hash: (value: string) => string): string {
  if (uid === '' || (uid.startsWith(STANDARD_ROOT) && /^[\d.]{1,64}$/.test(uid))) return uid;
  return `2.25.${BigInt(`0x${hash(`uid/${uid}`).slice(0, 32)}`)}`;
}

/** Attributes whose values must not occur anywhere in what is written. */
const IDENTITY = [
  0x0010_0010, 0x0010_0020, 0x0010_1000, 0x0008_0050, 0x0008_0090, 0x0008_1070, 0x0020_000d, 0x0008_0018,
  0x0020_000e,
];
/** Shorter values occur by chance. */
const MIN_SEARCHED = 5;

/** Reads the result again: every element must be allowed, and no value of identity may stand anywhere before the pixels. */
function assertNothingLeft(
  file: Uint8Array,
  name: string,
  source: DataSet,
  options: DeidentifyOptions,
): void {
  const { dataSet } = openDicom(file, name, SILENT);
  const bad = [...dataSet.elements.values()].find(
    ({ tag }) =>
      (tag >>> 16) % 2 === 1 ||
      (BASIC_PROFILE.get(tag) === 'X' &&
        !(PATIENT_CHARACTERISTICS.has(tag) && options.keepPatientCharacteristics) &&
        !options.shiftDates),
  );
  const pixels = [...dataSet.elements.values()].find(({ tag }) => tag >= 0x7fe0_0008);
  const header = Buffer.from(dataSet.encoding.bytes.subarray(0, pixels?.offset)).toString('latin1');
  const value = IDENTITY.map((tag) => stored(source, tag)).find(
    (v) => v.length >= MIN_SEARCHED && !v.startsWith(STANDARD_ROOT) && header.includes(v),
  );
  if (bad || value !== undefined)
    throw new DataError(
      'deidentify/left',
      `${name}: something of the patient would be left; the file was not written. Please report it.`,
    );
}
