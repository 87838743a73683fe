/** Where the user is: nothing open, files being read, series to choose from, or a study to work on. */
import { served } from '../open/served-files.ts';
import { imageLayers, type Study } from '../study/study.ts';
import { Cancelled, createWorkClient } from '../work/client.ts';
import type { Found, MapRequest, NamedFile, Progress } from '../work/protocol.ts';
import { restore, type SavedWork, saveStudy, wipe } from './storage.ts';

/** A study, and the work on it so far where some was kept. */
export interface OpenStudy {
  readonly study: Study;
  readonly work: SavedWork | undefined;
}

export interface App {
  readonly found: Found | undefined;
  readonly open: OpenStudy | undefined;
  /** Networks that the server offers. */
  readonly models: readonly NamedFile[];
  /** What is being done; nothing where absent. */
  readonly progress: Progress | undefined;
  /** What went wrong last, in words. */
  readonly problem: string | undefined;
  /** Goes on where the user was, or opens what the server was started with. */
  start(): Promise<void>;
  read(files: readonly NamedFile[]): Promise<void>;
  map(request: MapRequest): Promise<void>;
  openResult(folder: string): Promise<void>;
  /** Opens a study from elsewhere: a project file. */
  show(opened: OpenStudy): Promise<void>;
  cancel(): void;
  /** Back to the files. */
  close(): void;
  /** Back to the start, with nothing kept in the browser. */
  forget(): Promise<void>;
  complain(problem: string): void;
  dismiss(): void;
}

export function createApp(): App {
  const client = createWorkClient();
  let servedFolder: string | null = null;
  let found = $state.raw<Found>();
  let open = $state.raw<OpenStudy>();
  let models = $state.raw<readonly NamedFile[]>([]);
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
  const show = async (opened: OpenStudy): Promise<void> => {
    open = opened;
    await saveStudy(servedFolder, opened.study);
  };
  const read = (files: readonly NamedFile[]): Promise<void> =>
    attempt(async (onProgress) => {
      const [first] = files;
      if (!first) throw new Error('There is no file in what was opened.');
      if (files.length === 1 && first.name.endsWith('.zip') && typeof first.from !== 'string') {
        const { readProject } = await import('../save/project-file.ts');
        const bytes = new Uint8Array(await first.from.arrayBuffer());
        return show(readProject(bytes, first.name, imageLayers));
      }
      found = await client.run('find', files, onProgress);
      open = undefined;
      const [only, ...more] = found.results;
      if (only !== undefined && more.length === 0 && found.series.length === 0)
        await show({ study: await client.run('result', only, onProgress), work: undefined });
    });
  return {
    get found() {
      return found;
    },
    get open() {
      return open;
    },
    get models() {
      return models;
    },
    get progress() {
      return progress;
    },
    get problem() {
      return problem;
    },
    start: async () => {
      const offered = await served();
      servedFolder = offered.folder;
      models = offered.models;
      open = await restore(servedFolder);
      if (!open && offered.files.length > 0) await read(offered.files);
    },
    read,
    map: (request) =>
      attempt(async (onProgress) => {
        await show({ study: await client.run('map', request, onProgress), work: undefined });
      }),
    openResult: (folder) =>
      attempt(async (onProgress) => {
        await show({ study: await client.run('result', folder, onProgress), work: undefined });
      }),
    show,
    cancel: client.cancel,
    close: () => {
      open = undefined;
    },
    forget: async () => {
      open = undefined;
      found = undefined;
      await wipe();
    },
    complain: (words) => {
      problem = words;
    },
    dismiss: () => {
      problem = undefined;
    },
  };
}
