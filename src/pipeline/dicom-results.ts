/**
 * Maps, regions, numbers and pictures as DICOM files of the study that the images came from: for archives and viewers of
 * a hospital. Everything is said once here for all commands that make maps; the objects are in `io/dicom/results/`.
 */
import { sha256 } from '../core/hash.ts';
import type { OutputFile } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import type { NumberContent } from '../io/dicom/results/content-item.ts';
import type { ResultAlgorithm, ResultContext, ResultSeries } from '../io/dicom/results/modules.ts';
import { writeParametricMap } from '../io/dicom/results/parametric-map.ts';
import { type Picture, writeSecondaryCapture } from '../io/dicom/results/secondary-capture.ts';
import { type RegionKind, type WrittenSegment, writeSegmentation } from '../io/dicom/results/segmentation.ts';
import { type MeasurementGroup, writeMeasurementReport } from '../io/dicom/results/structured-report.ts';
import type { SourceStudy } from '../io/dicom/results/study.ts';
import { uidFrom } from '../io/dicom/write/uid.ts';

/** A map with what a viewer says and shows of it. */
export interface MapEntry {
  readonly map: ParametricMap;
  readonly description: string;
  readonly windowRange: readonly [number, number];
}

/** Regions, and their numbers by label. */
export interface RegionResult {
  readonly kind: RegionKind;
  readonly mask: Mask;
  readonly numbers: ReadonlyMap<number, readonly NumberContent[]>;
}

export interface DicomResults {
  readonly source: SourceStudy;
  readonly algorithm: ResultAlgorithm;
  /** What is mapped, in the descriptions of the series: `T1rho`. */
  readonly title: string;
  /** All on one grid, the most important first. */
  readonly maps: readonly MapEntry[];
  readonly regions: readonly RegionResult[];
  /** One per slice; empty for none. */
  readonly pictures: readonly Picture[];
}

/** Files `dicom/….dcm`. The same results give the same bytes; other images, options or versions give other UIDs. */
export async function dicomResultFiles(results: DicomResults): Promise<OutputFile[]> {
  const { source, algorithm, title, maps, regions, pictures } = results;
  const identity = await identityOf(results);
  const context: ResultContext = {
    ...{ source, algorithm, grid: maps[0]!.map.grid },
    uid: (part) => uidFrom(`${identity}/${part}`),
  };
  const mapSeries = seriesOf('maps', 'MR', `${title} maps`);
  const files = maps.map(({ map, description, windowRange }, i): OutputFile => {
    const object = { map, description, windowRange, instanceNumber: i + 1 };
    return { path: `dicom/${map.name}.dcm`, bytes: writeParametricMap(context, mapSeries, object) };
  });
  const pictureSeries = seriesOf('pictures', 'OT', `${title} pictures`);
  for (const [k, picture] of pictures.entries())
    files.push({
      path: `dicom/picture-${String(k + 1).padStart(String(pictures.length).length, '0')}.dcm`,
      bytes: writeSecondaryCapture(context, pictureSeries, picture, k),
    });
  return [...files, ...regionFiles(context, title, regions)];
}

/** Regions as they were drawn, as one Segmentation object of the images' own study; they need at least one voxel. */
export async function segmentationFile(
  source: SourceStudy,
  mask: Mask,
  { name, title }: { readonly name: string; readonly title: string },
): Promise<Uint8Array> {
  const names = JSON.stringify([...(mask.names ?? [])]);
  const algorithm = { name, parameters: `regions ${names}` };
  const regions = [{ kind: 'drawn', mask, numbers: new Map() }] as const;
  const identity = await identityOf({ ...{ source, algorithm, title, regions }, maps: [], pictures: [] });
  const context = {
    source,
    algorithm,
    grid: mask.grid,
    uid: (part: string) => uidFrom(`${identity}/${part}`),
  };
  const series = seriesOf('regions', 'SEG', `${title} regions`);
  return writeSegmentation(context, series, { kind: 'drawn', mask, instanceNumber: 1 }).bytes;
}

function regionFiles(context: ResultContext, title: string, regions: readonly RegionResult[]): OutputFile[] {
  const series = seriesOf('regions', 'SEG', `${title} regions`);
  const files: OutputFile[] = [];
  const groups: MeasurementGroup[] = [];
  for (const { kind, mask, numbers } of regions) {
    // A refinement may leave nothing, and a segmentation has at least one segment.
    if (!mask.labels.some((label) => label > 0)) continue;
    const written = writeSegmentation(context, series, { kind, mask, instanceNumber: files.length + 1 });
    files.push({ path: `dicom/roi-${kind}.dcm`, bytes: written.bytes });
    const group = (segment: WrittenSegment): MeasurementGroup => ({
      ...{ kind, segment, segmentationUid: written.sopInstanceUid },
      numbers: numbers.get(segment.label) ?? [],
    });
    groups.push(...written.segments.map(group));
  }
  if (groups.length === 0) return [];
  const report = seriesOf('report', 'SR', `${title} measurements`);
  const bytes = writeMeasurementReport(context, report, groups, context.uid(series.key));
  return [...files, { path: 'dicom/measurements.dcm', bytes }];
}

const seriesOf = (
  key: ResultSeries['key'],
  modality: ResultSeries['modality'],
  description: string,
): ResultSeries => ({ key, modality, description });

/** A digest of all that the results depend on. */
async function identityOf({ source, algorithm, title, maps, regions }: DicomResults): Promise<string> {
  const digests = await Promise.all(
    [...maps.map(({ map }) => map.values), ...regions.map(({ mask }) => mask.labels)].map((values) =>
      sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    ),
  );
  const numbers = regions.map(({ kind, numbers }) => [kind, ...numbers]);
  const record = [VERSION, algorithm, title, source.images, digests, numbers];
  return sha256(new TextEncoder().encode(JSON.stringify(record)));
}
