/**
 * A data set in our layout, as training and evaluation need it: participants, contrasts and regions on the training
 * grid, and the truth where the patients are virtual.
 *
 * `participants.tsv`, `sub-X/anat/sub-X_spinlock.nii.gz` with its sidecar,
 * `derivatives/rois/sub-X/anat/sub-X_desc-roi_mask.nii.gz`, `derivatives/truth/sub-X/anat/sub-X_T1rho.nii.gz` (s).
 */
import { voxelSizeMm } from '../core/affine.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import { type Grid, gridDifference, sliceSize } from '../core/grid.ts';
import { sha256 } from '../core/hash.ts';
import type { FileSource } from '../core/source.ts';
import { msFromSeconds } from '../core/units.ts';
import { imageAt, type SpinLockSeries } from '../core/volume.ts';
import type { WarningSink } from '../core/warnings.ts';
import { validateTslMs } from '../fit/validate-tsl.ts';
import { maskFromNifti } from '../io/nifti/mask.ts';
import { sidecarName } from '../io/nifti/names.ts';
import { type NiftiImage, readNifti } from '../io/nifti/read.ts';
import { assembleNiftiSeries } from '../io/nifti/series.ts';
import { parseNiftiSidecar } from '../io/nifti/sidecar.ts';
import type { ContrastSlice } from '../training/planes.ts';
import { resizeBilinear } from '../training/resize.ts';

export interface Participant {
  readonly id: string;
  readonly sex?: string;
  readonly ageYears?: number;
  /** Fibrosis stage, e.g. `F1`; `unknown` where the data set does not say. */
  readonly stage: string;
}

/** A slice with what only evaluation may see. */
export interface DataSetSlice extends ContrastSlice {
  /** True T1rho of a virtual patient, ms, `[row, column]`; NaN where there is none. */
  readonly truthMs?: Float32Array;
}

export interface DataSet {
  readonly participants: readonly Participant[];
  /** SHA-256 over what `slices` reads of a patient. */
  hash(id: string): Promise<string>;
  /** Information floor of each slice of a virtual patient, percent; empty where the data set does not know it. */
  floorPercents(id: string): Promise<readonly number[]>;
  /** Reads the slices of one patient. @throws DataError or FormatError naming the file that is missing or wrong. */
  slices(id: string): Promise<readonly DataSetSlice[]>;
}

/**
 * Opens a data set.
 * @param sources its files, with names relative to its folder.
 * @param imageSize edge of the square images that slices are resized to, pixels.
 * @throws DataError if there are no participants, two of one id, or one without images.
 */
export async function openDataSet(
  sources: readonly FileSource[],
  imageSize: number,
  warnings: WarningSink,
): Promise<DataSet> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const participants = parseParticipants(await textOf(byName, 'participants.tsv'));
  for (const { id } of participants) required(byName, imageName(id));
  const hashes = new Map<string, Promise<string>>();
  return {
    participants,
    hash: (id) => {
      const known = hashes.get(id) ?? hashPatient(byName, id);
      hashes.set(id, known);
      return known;
    },
    floorPercents: (id) => readFloors(byName, id),
    slices: (id) => readSlices(byName, id, imageSize, warnings),
  };
}

const imageName = (id: string): string => `${id}/anat/${id}_spinlock.nii.gz`;
const roiName = (id: string): string => `derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`;
const sliceRecordsName = (id: string): string => `derivatives/truth/${id}/anat/${id}_desc-slices.json`;
const truthName = (id: string): string => `derivatives/truth/${id}/anat/${id}_T1rho.nii.gz`;

type Files = ReadonlyMap<string, FileSource>;

function required(files: Files, name: string): FileSource {
  const source = files.get(name);
  if (!source)
    throw new DataError(
      'dataset/missing',
      `The data set has no ${name}; see the data set layout in the reference.`,
    );
  return source;
}

const textOf = async (files: Files, name: string): Promise<string> =>
  new TextDecoder().decode(await required(files, name).read());

function parseParticipants(tsv: string): Participant[] {
  const [header, ...rows] = tsv
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('\t'));
  const column = (name: string): number => header?.indexOf(name) ?? -1;
  const idColumn = column('participant_id');
  if (idColumn < 0 || rows.length === 0)
    throw new DataError(
      'dataset/participants',
      'participants.tsv names no participant_id; give one row per patient.',
    );
  const seen = new Set<string>();
  return rows.map((row) => {
    const value = (name: string): string | undefined => {
      const text = row[column(name)];
      return text === undefined || text === '' || text === 'n/a' ? undefined : text;
    };
    const id = row[idColumn]!;
    if (seen.has(id))
      throw new DataError(
        'dataset/duplicate',
        `participants.tsv lists ${id} twice; give each patient its own id.`,
      );
    seen.add(id);
    const [sex, age] = [value('sex'), value('age')];
    return {
      id,
      stage: value('stage') ?? 'unknown',
      ...(sex && { sex }),
      ...(age && { ageYears: Number(age) }),
    };
  });
}

async function hashPatient(files: Files, id: string): Promise<string> {
  const names = [imageName(id), sidecarName(imageName(id)), roiName(id), truthName(id)];
  const lines = [];
  for (const name of names) {
    const source = files.get(name);
    if (source) lines.push(`${name} ${await sha256(await source.read())}`);
  }
  return sha256(new TextEncoder().encode(lines.join('\n')));
}

async function readFloors(files: Files, id: string): Promise<number[]> {
  const name = sliceRecordsName(id);
  if (!files.has(name)) return [];
  const records = JSON.parse(await textOf(files, name)) as { readonly floorPercent?: number | null }[];
  const floors = records.map(({ floorPercent }) => floorPercent);
  return floors.every((floor) => typeof floor === 'number') ? floors : [];
}

async function readSlices(
  files: Files,
  id: string,
  imageSize: number,
  warnings: WarningSink,
): Promise<DataSetSlice[]> {
  const series = await readSeries(files, id, warnings);
  const roiImage = required(files, roiName(id));
  const roi = maskFromNifti(readNifti(await roiImage.read(), roiImage.name, warnings), { grid: series.grid });
  const truthImage = files.get(truthName(id));
  const truthS =
    truthImage && truthOn(series.grid, readNifti(await truthImage.read(), truthImage.name, warnings));
  return Array.from({ length: series.grid.nSlices }, (_, k) => {
    const range: [number, number] = [k * sliceSize(series.grid), (k + 1) * sliceSize(series.grid)];
    const inside = Float32Array.from(roi.labels.subarray(...range), (label) => (label > 0 ? 1 : 0));
    if (!inside.includes(1))
      throw new DataError(
        'dataset/no-roi',
        `${roiName(id)} has no region in slice ${k + 1}; draw one, or leave the slice out.`,
      );
    return {
      patientId: id,
      sliceIndex: k,
      nRows: imageSize,
      nColumns: imageSize,
      pixelMm: (voxelSizeMm(series.grid.affine)[0] * series.grid.nColumns) / imageSize,
      tslMs: series.tslMs,
      contrasts: contrastsOf(series, range, imageSize),
      roi: Uint8Array.from(resize(inside, series.grid, imageSize), (v) => (v >= 0.5 ? 1 : 0)),
      ...(truthS && { truthMs: resize(truthS.slice(...range).map(msFromSeconds), series.grid, imageSize) }),
    };
  });
}

function truthOn(grid: Grid, image: NiftiImage): Float32Array {
  const difference = gridDifference(image.grid, grid);
  if (difference !== undefined)
    throw new ShapeError(
      'dataset/truth-grid',
      `The truth ${image.name} does not lie on the grid of the images: ${difference}; resample it to them, or leave it out.`,
    );
  return image.values;
}

async function readSeries(files: Files, id: string, warnings: WarningSink): Promise<SpinLockSeries> {
  const image = required(files, imageName(id));
  const times = sidecarName(image.name);
  const sidecar = parseNiftiSidecar(await textOf(files, times), times);
  const series = assembleNiftiSeries([
    { image: readNifti(await image.read(), image.name, warnings), sidecar },
  ]);
  validateTslMs(series.tslMs, { warnings });
  return series;
}

/** The images of one slice on the training grid, `[tsl, row, column]`. */
function contrastsOf(series: SpinLockSeries, range: [number, number], imageSize: number): Float32Array {
  const nPixels = imageSize ** 2;
  const contrasts = new Float32Array(series.tslMs.length * nPixels);
  series.tslMs.forEach((_, t) => {
    contrasts.set(resize(imageAt(series, t).subarray(...range), series.grid, imageSize), t * nPixels);
  });
  return contrasts;
}

const resize = (plane: Float32Array, grid: Grid, imageSize: number): Float32Array =>
  resizeBilinear(plane, grid.nRows, grid.nColumns, imageSize, imageSize);
