/** Reads, fits and maps away from the page, with the code of the command line. One request at a time. */

import module from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import {
  createWarningSink,
  DataError,
  type FileSource,
  fitSeries,
  type Inventory,
  mapSeries,
  openMappingModel,
  RhomapError,
  readSeries,
  type SeriesCandidate,
  type SpinLockSeries,
  takeInventory,
  type Warning,
} from '../../../src/index.ts';
import { type Study, studyOfFit, studyOfMap, studyOfResult } from '../study/study.ts';
import type {
  Found,
  FoundSeries,
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

const say = (reply: WorkReply, transfer: Transferable[] = []): void => postMessage(reply, { transfer });
const report = (progress: Progress): void => say({ kind: 'progress', progress });

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

async function find(given: readonly NamedFile[]): Promise<Found> {
  report({ stage: 'reading' });
  files = given;
  const sink = createWarningSink();
  const results = resultFolders(files);
  // The maps of a result are no images to be fitted.
  const images = files.filter(({ name }) => !results.some((folder) => name.startsWith(folder)));
  inventory = await takeInventory(images.map(sourceOf), sink);
  const { candidates, skipped } = inventory;
  return {
    series: candidates.map(factsOf),
    results,
    skipped,
    warnings: sink.warnings,
  };
}

async function map({ index, times, options, model }: MapRequest): Promise<Study> {
  const sink = createWarningSink();
  report({ stage: 'reading' });
  const candidate = inventory!.candidates[index]!;
  const series = await readSeries(candidate, times, options.parameter ?? 't1rho', sink);
  if (model) return mapByNetwork(candidate.name, series, model, sink.warnings);
  report({ stage: 'fitting', fraction: 0 });
  const fit = fitSeries(series, options, {
    onProgress: (fraction) => report({ stage: 'fitting', fraction }),
  });
  return studyOfFit(candidate.name, series, fit, sink.warnings);
}

async function mapByNetwork(
  title: string,
  series: SpinLockSeries,
  file: NamedFile,
  warnings: readonly Warning[],
): Promise<Study> {
  // Most visits need no network: its runtime is loaded where one is used.
  const { browserSessionProvider } = await import('../../../src/runtime/browser/session.ts');
  const provider = browserSessionProvider({ files: { module, wasm } });
  report({ stage: 'mapping', fraction: 0, by: provider.description });
  const model = await openMappingModel(await readFile(file), file.name, provider);
  const result = await mapSeries(series, model, {
    onProgress: (fraction) => report({ stage: 'mapping', fraction, by: provider.description }),
  });
  await model.close();
  const { name, info, calibration } = model;
  return studyOfMap(title, series, result, { name, cutoffMs: info.cutoffMs, calibration }, warnings);
}

async function openFolder(folder: string): Promise<Study> {
  report({ stage: 'reading' });
  const { command, maps, orientation, warnings, calibration, check } = await openResult(
    folder,
    files,
    readFile,
  );
  const title = folder.replace(/\/$/, '') || `result of rhomap ${command}`;
  const study = studyOfResult(title, command, maps, orientation, warnings, { calibration, check });
  if (!study)
    throw new DataError('view/no-map', `${folder || 'The folder'} holds no map of T1rho, T2 or T2*.`);
  return study;
}

const TASKS: { readonly [N in TaskName]: (ask: Tasks[N]['ask']) => Promise<Tasks[N]['answer']> } = {
  find,
  map,
  result: openFolder,
};

/** The memory behind an answer, each buffer once. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}

addEventListener('message', async ({ data }: MessageEvent<WorkRequest>) => {
  try {
    const run = TASKS[data.task] as (ask: unknown) => Promise<unknown>;
    const answer = await run(data.ask);
    say({ kind: 'done', answer }, [...buffersOf(answer)]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ kind: 'failed', code: error instanceof RhomapError ? error.code : 'internal', message });
  }
});
