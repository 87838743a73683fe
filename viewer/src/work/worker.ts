/** Reads, fits and maps away from the page, with the code of the command line. One request at a time. */

import {
  createWarningSink,
  DataError,
  type FileSource,
  type FitOptionsInput,
  fitSeries,
  type Inventory,
  type MapsSoFar,
  mapSeries,
  mapsOf,
  RhomapError,
  readSeries,
  type SeriesCandidate,
  type SpinLockSeries,
  sliceSize,
  takeInventory,
  type Warning,
} from '../../../src/index.ts';
import { middleFirst } from '../study/partial.ts';
import { type Study, studyOfFit, studyOfMap, studyOfResult } from '../study/study.ts';
import { mostDoubtfulFirst, type WorkItem, workItem } from '../study/work-list.ts';
import { openNetwork, warmUp } from './network.ts';
import type {
  Found,
  FoundSeries,
  MapPart,
  MapRequest,
  NamedFile,
  Progress,
  TaskName,
  Tasks,
  WorkReply,
  WorkRequest,
} from './protocol.ts';
import { openResult, resultFolders } from './result-folder.ts';

let inventory: Inventory | undefined;
let files: readonly NamedFile[] = [];

/** What a task says before its answer. */
interface Speaker {
  report(progress: Progress): void;
  /** `isHandedOver`: the arrays travel and are gone here; else they are copied. */
  part(part: MapPart, isHandedOver: boolean): void;
}

const say = (reply: WorkReply, transfer: Transferable[] = []): void => postMessage(reply, { transfer });

async function readFile({ name, from }: NamedFile): Promise<Uint8Array> {
  if (typeof from !== 'string') return new Uint8Array(await from.arrayBuffer());
  const answer = await fetch(from);
  if (!answer.ok)
    throw new DataError('view/gone', `The server no longer has ${name}; open the folder again.`);
  return new Uint8Array(await answer.arrayBuffer());
}

const sourceOf = (file: NamedFile): FileSource => ({
  name: file.name,
  bytes: file.bytes,
  read: () => readFile(file),
});

const factsOf = ({ load: _, readStudy: __, ...facts }: SeriesCandidate): FoundSeries => facts;

/** A result folder's line in the work list. */
async function facts(folder: string): Promise<WorkItem> {
  const summary = files.find(({ name }) => name === `${folder}summary.json`)!;
  return workItem(folder, new TextDecoder().decode(await readFile(summary)));
}

async function find(given: readonly NamedFile[], { report }: Speaker): Promise<Found> {
  report({ stage: 'reading' });
  files = given;
  const sink = createWarningSink();
  const results = mostDoubtfulFirst(await Promise.all(resultFolders(files).map(facts)));
  // The maps of a result are no images to be fitted.
  const images = files.filter(({ name }) => !results.some(({ folder }) => name.startsWith(folder)));
  inventory = await takeInventory(images.map(sourceOf), sink);
  const { candidates, skipped } = inventory;
  return {
    series: candidates.map(factsOf),
    results,
    skipped,
    warnings: sink.warnings,
  };
}

async function map({ index, times, options, model }: MapRequest, speaker: Speaker): Promise<Study> {
  const { report } = speaker;
  const sink = createWarningSink();
  report({ stage: 'reading' });
  const candidate = inventory!.candidates[index]!;
  const series = await readSeries(candidate, times, options.parameter ?? 't1rho', sink);
  const study = model
    ? await mapByNetwork(candidate.name, series, model, sink.warnings, speaker)
    : fitAll(candidate.name, series, options, sink.warnings, speaker);
  // Read last: it opens all files again, and nothing on the screen waits for it.
  const source = await candidate.readStudy?.().catch(() => undefined);
  return { ...study, source };
}

function fitAll(
  title: string,
  series: SpinLockSeries,
  options: FitOptionsInput,
  warnings: readonly Warning[],
  { report }: Speaker,
): Study {
  report({ stage: 'fitting', fraction: 0 });
  const fit = fitSeries(series, options, {
    onProgress: (fraction) => report({ stage: 'fitting', fraction }),
  });
  return studyOfFit(title, series, fit, warnings);
}

async function mapByNetwork(
  title: string,
  series: SpinLockSeries,
  file: NamedFile,
  warnings: readonly Warning[],
  { report, part }: Speaker,
): Promise<Study> {
  report({ stage: 'loading' });
  const { model, by } = await openNetwork(file, readFile);
  const { name, sha256, info, calibration } = model;
  const facts = { name, sha256, by, cutoffMs: info.cutoffMs, calibration };
  report({ stage: 'mapping', fraction: 0, by });
  const order = middleFirst(series.grid.nSlices);
  const result = await mapSeries(series, model, {
    order,
    onSlice: (slice, maps) => {
      if (slice !== order[0]) part(slicePart(slice, maps), true);
      else
        part(
          {
            kind: 'study',
            study: { ...studyOfMap(title, series, maps, facts, warnings), readySlices: [slice] },
          },
          false,
        );
    },
    onProgress: (fraction) => report({ stage: 'mapping', fraction, by }),
  });
  return studyOfMap(title, series, result, facts, warnings);
}

function slicePart(slice: number, maps: MapsSoFar): MapPart {
  const n = sliceSize(maps.t1rho.grid);
  const own = <T extends Float32Array | Uint8Array>(values: T): T =>
    values.slice(slice * n, (slice + 1) * n) as T;
  return {
    kind: 'slice',
    slice,
    maps: mapsOf(maps).map(({ values, status }) => ({ values: own(values), status: own(status) })),
  };
}

/** Makes a network ready while the user looks for files. */
async function warm(file: NamedFile): Promise<Tasks['warm']['answer']> {
  const network = await openNetwork(file, readFile);
  await warmUp(network);
  const { by, why } = network;
  return { by, ...(why !== undefined && { why }) };
}

async function openFolder(folder: string, { report }: Speaker): Promise<Study> {
  report({ stage: 'reading' });
  const { command, maps, orientation, warnings, ...facts } = await openResult(folder, files, readFile);
  const title = folder.replace(/\/$/, '') || `result of rhomap ${command}`;
  const study = studyOfResult(title, command, maps, orientation, warnings, facts);
  if (!study)
    throw new DataError('view/no-map', `${folder || 'The folder'} holds no map of T1rho, T2 or T2*.`);
  return study;
}

const TASKS: {
  readonly [N in TaskName]: (ask: Tasks[N]['ask'], speaker: Speaker) => Promise<Tasks[N]['answer']>;
} = {
  find,
  map,
  result: openFolder,
  warm,
};

/** The memory behind an answer, each buffer once. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}

addEventListener('message', async ({ data: { id, task, ask } }: MessageEvent<WorkRequest>) => {
  const speaker: Speaker = {
    report: (progress) => say({ id, kind: 'progress', progress }),
    part: (part, isHandedOver) => say({ id, kind: 'part', part }, isHandedOver ? [...buffersOf(part)] : []),
  };
  try {
    const run = TASKS[task] as (ask: unknown, speaker: Speaker) => Promise<unknown>;
    const answer = await run(ask, speaker);
    say({ id, kind: 'done', answer }, [...buffersOf(answer)]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ id, kind: 'failed', code: error instanceof RhomapError ? error.code : 'internal', message });
  }
});
