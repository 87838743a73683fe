/** Reads and fits away from the page, with the code of the command line. One request at a time. */
import {
  createWarningSink,
  type FileSource,
  fitSeries,
  type Inventory,
  RhomapError,
  readSeries,
  takeInventory,
} from '../../../src/index.ts';
import type { FitRequest, Fitted, Found, NamedFile, Progress, WorkReply, WorkRequest } from './protocol.ts';

let inventory: Inventory | undefined;

const say = (reply: WorkReply, transfer: Transferable[] = []): void => postMessage(reply, { transfer });
const report = (progress: Progress): void => say({ kind: 'progress', progress });

function sourceOf({ name, bytes, from }: NamedFile): FileSource {
  const blob = async (): Promise<Blob> => {
    if (typeof from !== 'string') return from;
    const answer = await fetch(from);
    if (!answer.ok) throw new Error(`the server answers ${answer.status} for ${name}`);
    return answer.blob();
  };
  return { name, bytes, read: async () => new Uint8Array(await (await blob()).arrayBuffer()) };
}

async function find(files: readonly NamedFile[]): Promise<Found> {
  report({ stage: 'reading' });
  const sink = createWarningSink();
  inventory = await takeInventory(files.map(sourceOf), sink);
  const { candidates, skipped } = inventory;
  return { series: candidates.map(({ load: _, ...facts }) => facts), skipped, warnings: sink.warnings };
}

async function fit({ index, times, options }: FitRequest): Promise<Fitted> {
  const sink = createWarningSink();
  report({ stage: 'reading' });
  const series = await readSeries(inventory!.candidates[index]!, times, options.parameter ?? 't1rho', sink);
  report({ stage: 'fitting', fraction: 0 });
  const result = fitSeries(series, options, {
    onProgress: (fraction) => report({ stage: 'fitting', fraction }),
  });
  return { series, fit: result, warnings: sink.warnings };
}

/** The memory behind a result, each buffer once. */
function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}

addEventListener('message', async ({ data }: MessageEvent<WorkRequest>) => {
  try {
    const result = data.kind === 'find' ? await find(data.files) : await fit(data.request);
    say({ kind: 'done', result }, [...buffersOf(result)]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ kind: 'failed', code: error instanceof RhomapError ? error.code : 'internal', message });
  }
});
