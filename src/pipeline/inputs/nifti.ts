import { voxelSizeMm } from '../../core/affine.ts';
import { RhomapError } from '../../core/errors.ts';
import { describeSize } from '../../core/grid.ts';
import type { FileSource } from '../../core/source.ts';
import type { SpinLockSeries } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { sidecarName } from '../../io/nifti/names.ts';
import { type NiftiImage, readNifti, readNiftiGeometry } from '../../io/nifti/read.ts';
import { assembleNiftiSeries } from '../../io/nifti/series.ts';
import { type NiftiSidecar, parseNiftiSidecar } from '../../io/nifti/sidecar.ts';
import {
  type Inventory,
  requestedTslMs,
  type SeriesCandidate,
  type SkippedFile,
  type TslRequest,
} from './candidate.ts';

/** A NIfTI file as the inventory knows it; the pixels are read again when they are needed. */
interface KnownFile {
  readonly source: FileSource;
  readonly grid: NiftiImage['grid'];
  readonly nVolumes: number;
  readonly sidecar?: NiftiSidecar;
}

/**
 * Candidates among NIfTI files: each 4-D file, and all 3-D files of one folder and size together, in the order given.
 * Unreadable files are skipped with their reason; they become fatal when the series that is asked for needs them.
 */
export async function niftiInventory(
  sources: readonly FileSource[],
  sidecars: ReadonlyMap<string, FileSource>,
  warnings: WarningSink,
): Promise<Inventory> {
  const known: KnownFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const source of sources) {
    try {
      known.push(await recognise(source, sidecars.get(sidecarName(source.name)), warnings));
    } catch (error) {
      if (!(error instanceof RhomapError)) throw error;
      skipped.push({ name: source.name, code: error.code, reason: reasonOf(error, source.name) });
    }
  }
  const fourD = known.filter((file) => file.nVolumes > 1).map((file) => [file]);
  const threeD = Map.groupBy(
    known.filter((file) => file.nVolumes === 1),
    ({ source, grid }) => `${folderOf(source.name)} ${describeSize(grid)}`,
  );
  const groups = [...fourD, ...threeD.values()];
  return { candidates: groups.map((files) => candidate(files, skipped, warnings)), skipped };
}

const reasonOf = ({ message }: RhomapError, name: string): string =>
  (message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message).replace(/\.$/, '');

async function recognise(
  source: FileSource,
  sidecar: FileSource | undefined,
  warnings: WarningSink,
): Promise<KnownFile> {
  const { grid, nVolumes } = readNiftiGeometry(await source.read(), source.name, warnings);
  if (!sidecar) return { source, grid, nVolumes };
  const text = new TextDecoder().decode(await sidecar.read());
  return { source, grid, nVolumes, sidecar: parseNiftiSidecar(text, sidecar.name) };
}

function candidate(
  files: readonly KnownFile[],
  skipped: readonly SkippedFile[],
  warnings: WarningSink,
): SeriesCandidate {
  const first = files[0]!;
  const perPosition = imagesPerPosition(files);
  const nPositions = perPosition.length;
  const nImages = first.nVolumes > 1 ? first.nVolumes : Math.max(...perPosition);
  const spinLock = offered(files, nImages, (sidecar) => sidecar.spinLockTimeMs);
  const echo = offered(files, nImages, (sidecar) => sidecar.echoTimeMs);
  const problem = problemOf(files, perPosition, skipped);
  const self: SeriesCandidate = {
    format: 'NIfTI',
    name:
      files.length === 1
        ? first.source.name
        : `${folderOf(first.source.name) || '.'} (${files.length} files)`,
    kind: first.nVolumes > 1 ? '4-D image' : '3-D images',
    nColumns: first.grid.nColumns,
    nRows: first.grid.nRows,
    nSlices: first.grid.nSlices * nPositions,
    voxelSizeMm: voxelSizeMm(first.grid.affine),
    nImages,
    offeredTslMs: { ...(spinLock && { sidecar: spinLock }), ...(echo && { 'echo-time': echo }) },
    ...(problem !== undefined && { problem }),
    images: imageNames(files),
    notes: [],
    files: files.flatMap(({ source, sidecar }) => [source.name, ...(sidecar ? [sidecar.name] : [])]),
    load: (request) => load(self, files, request, warnings),
  };
  return self;
}

/** Why the files cannot be fitted, if so. */
function problemOf(
  files: readonly KnownFile[],
  perPosition: readonly number[],
  skipped: readonly SkippedFile[],
): string | undefined {
  const first = files[0]!;
  if (first.nVolumes > 1) return undefined;
  const damaged = skipped.find(({ name }) => folderOf(name) === folderOf(first.source.name));
  if (files.length > 1 && damaged)
    return `${damaged.name} lies in the same folder and cannot be read; copy it again, or name the files to use`;
  const n = perPosition.length;
  if (perPosition.some((count) => count !== perPosition[0]))
    return `its files lie at ${n} positions with ${[...new Set(perPosition)].join(' or ')} images each: every slice needs an image per spin-lock time`;
  if (perPosition[0]! > 1) return undefined;
  const where = n > 1 ? `its ${n} files lie at ${n} different positions, so there is ` : '';
  return `${where}one image per slice: a fit needs at least two spin-lock times`;
}

/** How many files lie on each of the grids that occur. */
const imagesPerPosition = (files: readonly KnownFile[]): number[] =>
  [...Map.groupBy(files, ({ grid }) => grid.affine.join()).values()].map((same) => same.length);

/** What stands for each time, in the order of the times: volumes of a 4-D file, or files at the first position. */
function imageNames(files: readonly KnownFile[]): string[] {
  const first = files[0]!;
  if (first.nVolumes > 1) return Array.from({ length: first.nVolumes }, (_, v) => `volume ${v + 1}`);
  const position = first.grid.affine.join();
  return files.filter((file) => file.grid.affine.join() === position).map((file) => file.source.name);
}

async function load(
  self: SeriesCandidate,
  files: readonly KnownFile[],
  request: TslRequest,
  warnings: WarningSink,
): Promise<SpinLockSeries> {
  const tslMs = requestedTslMs(self, request);
  const images = [];
  for (const { source, sidecar } of files)
    images.push({
      image: readNifti(await source.read(), source.name, warnings),
      ...(sidecar && { sidecar }),
    });
  // Sidecars know which file has which time; the user's own list goes by the order of the files.
  if (request.tslMs) return assembleNiftiSeries(images, { tslMs });
  return assembleNiftiSeries(images, { tslFrom: request.tslFrom === 'echo-time' ? 'echo-time' : 'sidecar' });
}

/** The different times of the files' images in order, where every sidecar tells them and there is one per image. */
function offered(
  files: readonly KnownFile[],
  nImages: number,
  timesOf: (sidecar: NiftiSidecar) => readonly number[] | undefined,
): readonly number[] | undefined {
  const all = files.map((file) => file.sidecar && timesOf(file.sidecar));
  if (!all.every((times) => times !== undefined)) return undefined;
  const times = [...new Set(all.flat())];
  return times.length === nImages ? times : undefined;
}

const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
