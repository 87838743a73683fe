/**
 * The page's side of the worker. Cancelling ends the worker, whatever it is doing; the next request starts another one
 * and shows it the files again.
 */
import type { NamedFile, Progress, TaskName, Tasks, WorkReply, WorkRequest } from './protocol.ts';

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
  run<N extends TaskName>(
    task: N,
    ask: Tasks[N]['ask'],
    onProgress: (progress: Progress) => void,
  ): Promise<Tasks[N]['answer']>;
  cancel(): void;
}

export function createWorkClient(): WorkClient {
  let worker: Worker | undefined;
  let fail: ((reason: Error) => void) | undefined;
  let files: readonly NamedFile[] = [];
  /** Whether the present worker has seen `files`. */
  let isShown = false;

  const stop = (): void => {
    worker?.terminate();
    worker = undefined;
    isShown = false;
  };
  const send = (request: WorkRequest, onProgress: (progress: Progress) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
      fail = reject;
      worker.onmessage = ({ data }: MessageEvent<WorkReply>) => {
        if (data.kind === 'progress') onProgress(data.progress);
        else if (data.kind === 'failed') reject(new WorkError(data.code, data.message));
        else resolve(data.answer);
      };
      worker.onerror = ({ message }) => {
        stop();
        reject(new WorkError('internal', `The worker failed: ${message || 'it could not be loaded'}.`));
      };
      worker.postMessage(request);
    });
  return {
    run: async (task, ask, onProgress) => {
      if (task === 'find') files = ask as readonly NamedFile[];
      else if (!isShown) await send({ task: 'find', ask: files }, onProgress);
      const answer = await send({ task, ask }, onProgress);
      isShown = true;
      return answer as Tasks[typeof task]['answer'];
    },
    cancel: () => {
      stop();
      fail?.(new Cancelled());
    },
  };
}
