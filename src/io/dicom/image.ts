import { RhomapError } from '../../core/errors.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { type DataSet, firstItem } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import { type DicomFrame, framesOf } from './frames.ts';
import { openDicom } from './part10.ts';
import { locatePixels, type PixelLayout } from './pixel-layout.ts';
import type { TransferSyntax } from './transfer-syntax.ts';
import { number, text, texts } from './values.ts';

/**
 * What rhomap needs of one DICOM file, without its pixels: a few hundred bytes, so that a folder of thousands of files
 * can be sorted before any pixel is decoded. No patient data is kept.
 */
export interface DicomImage {
  /** As given by the caller; unique within a folder. */
  readonly name: string;
  /** Size of the file, to notice that it changed between sorting and decoding. */
  readonly fileBytes: number;
  readonly syntax: TransferSyntax;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly manufacturer: string | undefined;
  readonly seriesNumber: number | undefined;
  readonly seriesDescription: string | undefined;
  readonly protocolName: string | undefined;
  readonly instanceNumber: number | undefined;
  readonly acquisitionNumber: number | undefined;
  readonly scanningSequence: string | undefined;
  readonly sequenceName: string | undefined;
  readonly repetitionTimeMs: number | undefined;
  readonly flipAngleDegrees: number | undefined;
  readonly magneticFieldT: number | undefined;
  /** `undefined` for an object without pixels (a report, a presentation state). */
  readonly pixels: PixelLayout | undefined;
  /** One per frame; a classic image has one. */
  readonly frames: readonly DicomFrame[];
}

/**
 * Reads the header of a DICOM file. Standard violations that real scanners make are tolerated, each with a warning
 * (at most one of a kind per file).
 *
 * @param bytes the whole file.
 * @param name for messages, and to find the file again when its pixels are decoded.
 * @throws FormatError with the tag or byte offset, if the file is not DICOM or is damaged.
 */
export function parseDicom(bytes: Uint8Array, name: string, warnings: WarningSink): DicomImage {
  const { dataSet, syntax } = openDicom(bytes, name, oncePerCode(warnings));
  const pixels = locatePixels(dataSet, syntax);
  const shared = firstItem(dataSet, 'SharedFunctionalGroupsSequence');
  const timing = shared && firstItem(shared, 'MRTimingAndRelatedParametersSequence');
  return {
    name,
    fileBytes: bytes.length,
    syntax,
    sopClassUid: text(dataSet, 'SOPClassUID') ?? '',
    sopInstanceUid: text(dataSet, 'SOPInstanceUID') ?? '',
    studyInstanceUid: text(dataSet, 'StudyInstanceUID') ?? '',
    seriesInstanceUid: seriesUid(dataSet),
    modality: text(dataSet, 'Modality') ?? '',
    manufacturer: text(dataSet, 'Manufacturer'),
    seriesNumber: number(dataSet, 'SeriesNumber'),
    seriesDescription: text(dataSet, 'SeriesDescription'),
    protocolName: text(dataSet, 'ProtocolName'),
    instanceNumber: number(dataSet, 'InstanceNumber'),
    acquisitionNumber: number(dataSet, 'AcquisitionNumber'),
    scanningSequence: texts(dataSet, 'ScanningSequence').join('\\') || undefined,
    sequenceName: text(dataSet, 'SequenceName'),
    repetitionTimeMs: number(dataSet, 'RepetitionTime') ?? (timing && number(timing, 'RepetitionTime')),
    flipAngleDegrees: number(dataSet, 'FlipAngle') ?? (timing && number(timing, 'FlipAngle')),
    magneticFieldT: number(dataSet, 'MagneticFieldStrength'),
    pixels,
    frames: pixels ? framesOf(dataSet, pixels) : [],
  };
}

function seriesUid(dataSet: DataSet): string {
  const uid = text(dataSet, 'SeriesInstanceUID');
  if (uid === undefined) {
    const { warnings, name } = dataSet.encoding;
    warnings.add(
      'dicom/no-series-uid',
      name,
      'SeriesInstanceUID is missing; grouped by study and series number.',
    );
  }
  return uid ?? `${text(dataSet, 'StudyInstanceUID') ?? ''}/${number(dataSet, 'SeriesNumber') ?? ''}`;
}

/** What a damaged file was, where its header still says so. */
export function peekUids(
  bytes: Uint8Array,
  name: string,
): { seriesInstanceUid?: string; sopInstanceUid?: string } {
  try {
    const { dataSet } = openDicom(bytes, name, SILENT, tagOf('SeriesInstanceUID'));
    const seriesInstanceUid = text(dataSet, 'SeriesInstanceUID');
    const sopInstanceUid = text(dataSet, 'SOPInstanceUID');
    return { ...(seriesInstanceUid && { seriesInstanceUid }), ...(sopInstanceUid && { sopInstanceUid }) };
  } catch (error) {
    if (error instanceof RhomapError) return {};
    throw error;
  }
}

function oncePerCode(sink: WarningSink): WarningSink {
  const seen = new Set<string>();
  return {
    warnings: sink.warnings,
    add: (code, where, message) => {
      if (!seen.has(code)) sink.add(code, where, message);
      seen.add(code);
    },
  };
}

/** Reading a file a second time repeats no warnings. */
export const SILENT: WarningSink = { warnings: [], add: () => {} };
