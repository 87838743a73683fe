/** What commands that make maps do before they compute: read what the flags mean, refuse a folder that is in the way. */
import type { WarningSink } from '../core/warnings.ts';
import {
  type LoadedSeries,
  loadMask,
  loadSeries,
  type SeriesFlags,
  studyFor,
} from '../runtime/node/load-series.ts';
import type { OutputFormat, PatientImages } from '../runtime/node/map-patient.ts';
import { assertOutputFolder } from '../runtime/node/output-folder.ts';
import type { ParameterName } from '../signal/parameters.ts';
import { printWarnings } from './print-warnings.ts';
import type { Terminal } from './terminal.ts';

/** Flags of every command that makes maps. */
export interface MappingFlags extends SeriesFlags {
  readonly output: string;
  readonly force: boolean;
  readonly to?: readonly OutputFormat[];
  readonly roi?: string;
}

export interface MappingInputs extends PatientImages {
  readonly formats: readonly OutputFormat[];

  /** For `withOutputFolder`. */
  readonly output: { readonly force: boolean; readonly inputs: readonly string[] };
}

interface Listeners {
  readonly terminal: Terminal;
  readonly warnings: WarningSink;
}

/** As `loadSeries`; prints the warnings where it fails, because a skipped file may be why. */
export function loadSeriesAloud(
  paths: readonly string[],
  flags: SeriesFlags & { readonly roi?: string },
  parameter: ParameterName,
  { terminal, warnings }: Listeners,
): Promise<LoadedSeries> {
  return loadSeries(paths, flags, parameter, warnings).catch((error: unknown) => {
    printWarnings(terminal, warnings.warnings);
    throw error;
  });
}

/**
 * The output folder is looked at after reading too, for then it is known which files must not be overwritten.
 * @throws OptionError, DataError, FormatError in the words of whatever does not fit.
 */
export async function loadForMaps(
  paths: readonly string[],
  flags: MappingFlags,
  parameter: ParameterName,
  listeners: Listeners,
): Promise<MappingInputs> {
  const loaded = await loadSeriesAloud(paths, flags, parameter, listeners);
  const { series, name, inputs } = loaded;
  const formats = flags.to ?? ['nifti'];
  const study = formats.includes('dicom') ? await studyFor(loaded) : undefined;
  const roi = flags.roi === undefined ? undefined : await loadMask(flags.roi, series, listeners.warnings);
  const records = roi ? [...inputs, roi.input] : inputs;
  const output = { force: flags.force, inputs: records.map((input) => input.name) };
  await assertOutputFolder(flags.output, output);
  return { series, name, formats, study, roi: roi?.mask, records, output };
}
