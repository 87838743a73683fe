/**
 * The page's side of the worker. Cancelling ends the worker, whatever it is doing; the next request starts another one
 * and shows it the files again.
 */
import type { NamedFile, TaskListener, TaskName, Tasks, WorkReply, WorkRequest } from './protocol.ts';

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
    listener?: TaskListener,
  ): Promise<Tasks[N]['answer']>;
  /** Whatever is under way fails as `Cancelled`. */
  cancel(): void;
}

interface Waiting extends TaskListener {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: Error) => void;
}

export function createWorkClient(): WorkClient {
  let worker: Worker | undefined;
  let nSent = 0;
  const waiting = new Map<number, Waiting>();
  let files: readonly NamedFile[] = [];
  /** Whether the present worker has seen `files`. */
  let isShown = false;

  const stop = (reason: Error): void => {
    worker?.terminate();
    worker = undefined;
    isShown = false;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  const hear = ({ data }: MessageEvent<WorkReply>): void => {
    const task = waiting.get(data.id);
    if (data.kind === 'progress') task?.onProgress?.(data.progress);
    else if (data.kind === 'part') task?.onPart?.(data.part);
    else {
      waiting.delete(data.id);
      if (data.kind === 'done') task?.resolve(data.answer);
      else task?.reject(new WorkError(data.code, data.message));
    }
  };
  const started = (): Worker => {
    if (worker) return worker;
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = hear;
    worker.onerror = ({ message }) =>
      stop(new WorkError('internal', `The worker failed: ${message || 'it could not be loaded'}.`));
    return worker;
  };
  const send = (task: TaskName, ask: unknown, listener: TaskListener = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nSent++;
      waiting.set(id, { ...listener, resolve, reject });
      started().postMessage({ id, task, ask } as WorkRequest);
    });
  return {
    run: async (task, ask, listener) => {
      if (task === 'find') files = ask as readonly NamedFile[];
      else if (task !== 'warm' && !isShown) await send('find', files, listener);
      const answer = await send(task, ask, listener);
      if (task !== 'warm') isShown = true;
      return answer as Tasks[typeof task]['answer'];
    },
    cancel: () => stop(new Cancelled()),
  };
}
