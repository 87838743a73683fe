/** Where the user is: nothing open, files being read, series to choose from, or a study to work on. */
import type { FitOptionsInput, TslRequest } from '../../../src/index.ts';
import { servedFiles } from '../open/served-files.ts';
import { type Study, studyOfFit } from '../study/study.ts';
import { Cancelled, createWorkClient } from '../work/client.ts';
import type { Found, NamedFile, Progress } from '../work/protocol.ts';

export interface App {
  readonly found: Found | undefined;
  readonly study: Study | undefined;
  /** What is being done; nothing where absent. */
  readonly progress: Progress | undefined;
  /** What went wrong last, in words. */
  readonly problem: string | undefined;
  /** Opens what the server was started with, if anything. */
  start(): Promise<void>;
  open(files: readonly NamedFile[]): Promise<void>;
  fit(index: number, times: TslRequest, options: FitOptionsInput): Promise<void>;
  cancel(): void;
  close(): void;
  dismiss(): void;
}

export function createApp(): App {
  const client = createWorkClient();
  let found = $state.raw<Found>();
  let study = $state.raw<Study>();
  let progress = $state.raw<Progress>();
  let problem = $state.raw<string>();

  /** Runs a task; its failure becomes words, cancelling is silent. */
  const attempt = async (task: (onProgress: (p: Progress) => void) => Promise<void>): Promise<void> => {
    problem = undefined;
    progress = { stage: 'reading' };
    try {
      await task((now) => {
        progress = now;
      });
    } catch (error) {
      if (!(error instanceof Cancelled)) problem = error instanceof Error ? error.message : String(error);
    } finally {
      progress = undefined;
    }
  };
  const api: App = {
    get found() {
      return found;
    },
    get study() {
      return study;
    },
    get progress() {
      return progress;
    },
    get problem() {
      return problem;
    },
    start: async () => {
      const files = await servedFiles();
      if (files.length > 0) await api.open(files);
    },
    open: (files) =>
      attempt(async (onProgress) => {
        if (files.length === 0) throw new Error('There is no file in what was dropped.');
        found = await client.find(files, onProgress);
        study = undefined;
      }),
    fit: (index, times, options) =>
      attempt(async (onProgress) => {
        const { series, fit, warnings } = await client.fit({ index, times, options }, onProgress);
        study = studyOfFit(found!.series[index]!.name, series, fit, [...found!.warnings, ...warnings]);
      }),
    cancel: client.cancel,
    close: () => {
      study = undefined;
    },
    dismiss: () => {
      problem = undefined;
    },
  };
  return api;
}
