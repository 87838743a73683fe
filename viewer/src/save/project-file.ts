/**
 * A project file: everything of a study and the work on it in one zip, to go on elsewhere or later. Images, maps and
 * regions are NIfTI, so that other programs can read them too; `project.json` says how they belong together.
 */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import {
  createWarningSink,
  FormatError,
  type ParametricMap,
  readNifti,
  type SpinLockSeries,
  VERSION,
  writeNifti,
} from '../../../src/index.ts';
import type { SavedWork } from '../state/storage.ts';
import type { Layer, Study } from '../study/study.ts';

const SCHEMA_VERSION = 1;

/** Maps are named once; layers, doubts and decays refer to them by name. */
interface ProjectRecord {
  readonly schemaVersion: number;
  readonly rhomap: string;
  readonly study: Pick<
    Study,
    | 'title'
    | 'grid'
    | 'orientation'
    | 'label'
    | 'timeName'
    | 'method'
    | 'warnings'
    | 'calibration'
    | 'check'
    | 'model'
  >;
  readonly maps: readonly {
    readonly key: string;
    readonly name: string;
    readonly unit: string;
    readonly status: number;
  }[];
  readonly layers: readonly (Omit<Layer, 'map'> & { readonly map: string })[];
  readonly main: string;
  readonly doubt: { readonly map: string; readonly label: string; readonly definition: string } | null;
  readonly roiMaps: readonly string[];
  readonly decays: readonly { readonly label: string; readonly map: string }[];
  readonly tslMs: readonly number[] | null;
  readonly work: Omit<SavedWork, 'rois'> & { readonly regions: SavedWork['rois']['regions'] };
}

export function writeProject(study: Study, work: SavedWork): Uint8Array {
  const nifti = (values: Float32Array | Uint8Array | Uint16Array, nVolumes = 1): Uint8Array =>
    // The zip compresses.
    writeNifti(
      {
        grid: study.grid,
        values,
        nVolumes,
        orientation: study.orientation,
        description: `rhomap ${VERSION}`,
      },
      { gzip: false },
    );
  const keys = new Map<Float32Array, string>();
  const statuses: Uint8Array[] = [];
  const maps: ProjectRecord['maps'][number][] = [];
  const files: Record<string, Uint8Array> = {};
  const keyOf = (map: ParametricMap): string => {
    const known = keys.get(map.values);
    if (known !== undefined) return known;
    if (!statuses.includes(map.status)) statuses.push(map.status);
    const key = `${map.name}-${maps.length}`;
    maps.push({ key, name: map.name, unit: map.unit, status: statuses.indexOf(map.status) });
    keys.set(map.values, key);
    files[`maps/${key}.nii`] = nifti(map.values);
    return key;
  };
  const {
    title,
    grid,
    orientation,
    label,
    timeName,
    method,
    warnings,
    series,
    doubt,
    calibration,
    check,
    model,
  } = study;
  const record: ProjectRecord = {
    schemaVersion: SCHEMA_VERSION,
    rhomap: VERSION,
    study: { title, grid, orientation, label, timeName, method, warnings, calibration, check, model },
    // Images are stored once, as a series.
    layers: study.layers
      .filter(({ id }) => !(series && id.startsWith('image-')))
      .map((layer) => ({ ...layer, map: keyOf(layer.map) })),
    main: keyOf(study.main),
    doubt: doubt ? { ...doubt, map: keyOf(doubt.map) } : null,
    roiMaps: study.roiMaps.map(keyOf),
    decays: study.decays.map((decay) => ({ label: decay.label, map: keyOf(decay.map) })),
    tslMs: series?.tslMs ?? null,
    maps,
    work: { view: work.view, review: work.review, regions: work.rois.regions },
  };
  if (study.air) files['air.nii'] = nifti(study.air);
  if (series) files['images.nii'] = nifti(series.signal, series.tslMs.length);
  statuses.forEach((status, i) => {
    files[`maps/status-${i}.nii`] = nifti(status);
  });
  files['regions.nii'] = nifti(work.rois.labels);
  files['project.json'] = strToU8(JSON.stringify(record, null, 1));
  return zipSync(files, { level: 4, mtime: '1980-01-01' });
}

export interface OpenedProject {
  readonly study: Study;
  readonly work: SavedWork;
}

/** @throws FormatError `project/damaged` for a file that is no project, or not whole. */
export function readProject(
  bytes: Uint8Array,
  name: string,
  imageLayers: (series: SpinLockSeries, timeName: string) => Layer[],
): OpenedProject {
  try {
    return parseProject(unzipSync(bytes), name, imageLayers);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError('project/damaged', name, 'it is no whole project file of rhomap; save it again.', {
      cause,
    });
  }
}

function parseProject(
  files: Readonly<Record<string, Uint8Array>>,
  name: string,
  imageLayers: (series: SpinLockSeries, timeName: string) => Layer[],
): OpenedProject {
  const record = JSON.parse(strFromU8(files['project.json']!)) as ProjectRecord;
  if (record.schemaVersion !== SCHEMA_VERSION)
    throw new FormatError(
      'project/version',
      name,
      `its version ${record.schemaVersion} is not known; use a newer rhomap.`,
    );
  const { grid } = record.study;
  const sink = createWarningSink();
  const valuesOf = (file: string): Float32Array => readNifti(files[file]!, file, sink).values;
  const statuses = new Map<number, Uint8Array>();
  const statusOf = (i: number): Uint8Array => {
    const status = statuses.get(i) ?? Uint8Array.from(valuesOf(`maps/status-${i}.nii`));
    statuses.set(i, status);
    return status;
  };
  const maps = new Map(
    record.maps.map(({ key, name: mapName, unit, status }): [string, ParametricMap] => [
      key,
      { grid, name: mapName, unit, values: valuesOf(`maps/${key}.nii`), status: statusOf(status) },
    ]),
  );
  const mapOf = (key: string): ParametricMap => maps.get(key)!;
  const series = record.tslMs ? { grid, tslMs: record.tslMs, signal: valuesOf('images.nii') } : undefined;
  const study: Study = {
    ...record.study,
    layers: [
      ...(series ? imageLayers(series, record.study.timeName) : []),
      ...record.layers.map((layer) => ({ ...layer, map: mapOf(layer.map) })),
    ],
    main: mapOf(record.main),
    doubt: record.doubt ? { ...record.doubt, map: mapOf(record.doubt.map) } : undefined,
    roiMaps: record.roiMaps.map(mapOf),
    decays: record.decays.map(({ label, map }) => ({ label, map: mapOf(map) })),
    series,
    air: files['air.nii'] && Uint8Array.from(valuesOf('air.nii')),
  };
  const { regions, view, review } = record.work;
  const labels = Uint16Array.from(valuesOf('regions.nii'));
  return { study, work: { rois: { labels, regions }, view, review } };
}
