import { type Command, InvalidArgumentError, Option } from 'commander';
import { TSL_SOURCES } from '../pipeline/inputs/candidate.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../runtime/node/map-patient.ts';

/** Names of a series and its times (`SeriesFlags`), for every command that reads images. */
export const addSeriesFlags = (declared: Command): Command =>
  addTimeFlags(declared.argument('<input...>', 'files or folders with DICOM or NIfTI images')).option(
    '--series <number>',
    'which series, as rhomap inspect counts',
    wholeNumber,
  );

export const addTimeFlags = (declared: Command): Command =>
  declared
    .option(
      '--tsl <ms>',
      'spin-lock (or echo) times in ms, in the order of the images, e.g. 0,10,30,50',
      numberList,
    )
    .addOption(
      new Option('--tsl-from <source>', 'read the times from the files instead').choices(TSL_SOURCES),
    );

function numberList(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.some(Number.isNaN))
    throw new InvalidArgumentError('Give numbers separated by commas, e.g. 0,10,30,50.');
  return numbers;
}

export function numberPair(text: string): [number, number] {
  const [first, second, ...rest] = numberList(text);
  if (first === undefined || second === undefined || rest.length > 0)
    throw new InvalidArgumentError('Give two numbers separated by a comma, e.g. 0,50.');
  return [first, second];
}

/** Adds `--to`, for commands that write maps. */
export const addFormatFlag = (declared: Command): Command =>
  declared.option(
    '--to <formats>',
    'write maps as nifti (default), dicom, or both: nifti,dicom; dicom joins the study of DICOM images',
    formatList,
  );

function formatList(text: string): OutputFormat[] {
  const formats = text.split(',').map((part) => part.trim());
  const isFormat = (name: string): name is OutputFormat => OUTPUT_FORMATS.some((known) => known === name);
  if (!formats.every(isFormat)) throw new InvalidArgumentError('Give nifti, dicom or nifti,dicom.');
  return [...new Set(formats)];
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return number;
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isSafeInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('Give a port from 1 to 65535.');
  return port;
}
