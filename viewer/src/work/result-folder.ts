/** Reads what `rhomap fit` or `rhomap map` wrote: the maps of one folder, with their status. */
import {
  type Calibration,
  createWarningSink,
  FormatError,
  type InputCheck,
  type ParametricMap,
  readNifti,
  VOXEL_STATUS,
  type Warning,
} from '../../../src/index.ts';
import type { ModelName } from '../study/study.ts';
import type { NamedFile } from './protocol.ts';

export interface OpenedResult {
  readonly command: string;
  readonly maps: readonly ParametricMap[];
  readonly orientation: 'scanner' | 'none';
  readonly warnings: readonly Warning[];
  readonly calibration: Calibration | undefined;
  readonly check: InputCheck | undefined;
  readonly model: ModelName | undefined;
}

const MAP_NAME = /^([A-Za-z0-9]+?)(_ms)?\.nii\.gz$/;
const NO_MAPS = ['status', 'quality'];

export const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);

/** Folders that hold results: a summary, a status and at least one map. */
export function resultFolders(files: readonly NamedFile[]): string[] {
  const names = new Set(files.map(({ name }) => name));
  return [...names]
    .filter((name) => name === `${folderOf(name)}summary.json`)
    .map(folderOf)
    .filter((folder) => names.has(`${folder}status.nii.gz`));
}

/** @throws FormatError for a folder whose summary or maps cannot be read. */
export async function openResult(
  folder: string,
  files: readonly NamedFile[],
  read: (file: NamedFile) => Promise<Uint8Array>,
): Promise<OpenedResult> {
  const here = files.filter(({ name }) => folderOf(name) === folder);
  const sink = createWarningSink();
  const fileOf = (name: string): NamedFile => here.find((file) => file.name === `${folder}${name}`)!;
  const summary = parseSummary(new TextDecoder().decode(await read(fileOf('summary.json'))), folder);
  const statusImage = readNifti(await read(fileOf('status.nii.gz')), `${folder}status.nii.gz`, sink);
  const codes = Object.keys(VOXEL_STATUS).length;
  const status = Uint8Array.from(statusImage.values, (code) => (code < codes ? code : 0));
  const maps: ParametricMap[] = [];
  for (const file of here) {
    const [, name, unit] = MAP_NAME.exec(file.name.slice(folder.length)) ?? [];
    if (name === undefined || NO_MAPS.includes(name)) continue;
    const image = readNifti(await read(file), file.name, sink);
    if (image.values.length !== status.length) continue;
    maps.push({ grid: statusImage.grid, name, unit: unit ? 'ms' : '1', values: image.values, status });
  }
  const orientation = statusImage.orientation === 'none' ? 'none' : 'scanner';
  return { ...summary, maps: inOrder(maps), orientation, warnings: sink.warnings };
}

/** As `roi.csv` lists them: what was mapped first. */
const ORDER = [
  'T1rho',
  'T2',
  'T2star',
  'uncertainty',
  'coarse',
  'reference',
  'S0',
  'R2',
  'residual',
  'stderr',
];
const inOrder = (maps: readonly ParametricMap[]): ParametricMap[] =>
  maps
    .filter(({ name }) => ORDER.includes(name))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));

function parseSummary(
  text: string,
  folder: string,
): Pick<OpenedResult, 'command' | 'calibration' | 'check' | 'model'> {
  try {
    const { command, results } = JSON.parse(text) as {
      readonly command?: unknown;
      readonly results?: {
        readonly calibration?: Calibration;
        readonly check?: InputCheck;
        readonly model?: ModelName;
      };
    };
    if (command === 'fit' || command === 'map')
      return {
        command,
        calibration: results?.calibration,
        check: results?.check,
        model: results?.model,
      };
  } catch {
    // Said below.
  }
  throw new FormatError(
    'view/result',
    `${folder}summary.json`,
    'it is no record of rhomap fit or rhomap map.',
  );
}
