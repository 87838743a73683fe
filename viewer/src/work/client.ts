/**
 * The page's side of the worker. Cancelling ends the worker, whatever it is doing; the next request starts another one
 * and shows it the files again.
 */
import type { FitRequest, Fitted, Found, NamedFile, Progress, WorkReply, WorkRequest } from './protocol.ts';

/** What went wrong, in words for the user. */
export class WorkError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The user cancelled. */
export class Cancelled extends Error {}

export interface WorkClient {
  find(files: readonly NamedFile[], onProgress: (progress: Progress) => void): Promise<Found>;
  fit(request: FitRequest, onProgress: (progress: Progress) => void): Promise<Fitted>;
  cancel(): void;
}

interface Running {
  readonly reject: (reason: Error) => void;
}

export function createWorkClient(): WorkClient {
  let worker: Worker | undefined;
  let running: Running | undefined;
  let files: readonly NamedFile[] = [];
  /** Whether the present worker has seen `files`. */
  let isShown = false;

  const start = (): Worker => {
    worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    return worker;
  };
  const ask = (request: WorkRequest, onProgress: (progress: Progress) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const to = start();
      running = { reject };
      to.onmessage = ({ data }: MessageEvent<WorkReply>) => {
        if (data.kind === 'progress') onProgress(data.progress);
        else if (data.kind === 'failed') reject(new WorkError(data.code, data.message));
        else resolve(data.result);
      };
      to.onerror = ({ message }) => {
        stop();
        reject(new WorkError('internal', `The worker failed: ${message || 'it could not be loaded'}.`));
      };
      to.postMessage(request);
    });
  const stop = (): void => {
    worker?.terminate();
    worker = undefined;
    isShown = false;
  };
  const find: WorkClient['find'] = async (given, onProgress) => {
    files = given;
    const found = (await ask({ kind: 'find', files }, onProgress)) as Found;
    isShown = true;
    return found;
  };
  return {
    find,
    fit: async (request, onProgress) => {
      if (!isShown) await find(files, onProgress);
      return (await ask({ kind: 'fit', request }, onProgress)) as Fitted;
    },
    cancel: () => {
      stop();
      running?.reject(new Cancelled());
    },
  };
}
