/** Where the user is: nothing open, files being read, series to choose from, or a study to work on. */
import { served } from '../open/served-files.ts';
import { withSlice } from '../study/partial.ts';
import { imageLayers, type Study } from '../study/study.ts';
import { Cancelled, createWorkClient } from '../work/client.ts';
import type { Found, MapPart, MapRequest, NamedFile, Progress, TaskListener } from '../work/protocol.ts';
import { restore, type SavedWork, saveStudy, wipe } from './storage.ts';
import type { Review } from './view.svelte.ts';
import { whenIdle } from './when-idle.ts';

/** A network takes seconds to load: it need not wait for a page that is never idle. */
const WARM_AT_LATEST_MS = 2000;

/** A study, and the work on it so far where some was kept. */
export interface OpenStudy {
  readonly study: Study;
  readonly work: SavedWork | undefined;
}

/** A network that was made ready ahead of its use. */
export interface ReadyNetwork {
  readonly name: string;
  /** What runs it; absent while it is being loaded. */
  readonly by?: string;
  /** Why it is not WebGPU. */
  readonly why?: string;
}

export interface App {
  readonly found: Found | undefined;
  readonly open: OpenStudy | undefined;
  /** Another number for another patient: while it stays, a study only grows, and the work on it goes on. */
  readonly visit: number;
  /** Networks that the server offers. */
  readonly models: readonly NamedFile[];
  readonly network: ReadyNetwork | undefined;
  /** What is being done; nothing where absent. */
  readonly progress: Progress | undefined;
  /** What went wrong last, in words. */
  readonly problem: string | undefined;
  /** Goes on where the user was, or opens what the server was started with. */
  start(): Promise<void>;
  read(files: readonly NamedFile[]): Promise<void>;
  map(request: MapRequest): Promise<void>;
  openResult(folder: string): Promise<void>;
  /** Makes a network ready, so that mapping need not wait for it. */
  warm(model: NamedFile): Promise<void>;
  /** What was said of studies in this session, by their titles. */
  readonly reviews: Readonly<Record<string, Review>>;
  review(title: string, review: Review): void;
  /** The open study with more in it than before: a comparison. */
  extend(study: Study): Promise<void>;
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
  let visit = $state(0);
  let models = $state.raw<readonly NamedFile[]>([]);
  let network = $state.raw<ReadyNetwork>();
  let progress = $state.raw<Progress>();
  let problem = $state.raw<string>();
  let reviews = $state.raw<Readonly<Record<string, Review>>>({});

  /** Runs a task; its failure becomes words, cancelling is silent. A map that stays unfinished is taken away. */
  const attempt = async (task: (listener: TaskListener) => Promise<void>): Promise<void> => {
    problem = undefined;
    progress = { stage: 'reading' };
    try {
      await task({
        onProgress: (now) => {
          progress = now;
        },
      });
    } catch (error) {
      if (open?.study.readySlices) open = undefined;
      if (!(error instanceof Cancelled)) problem = error instanceof Error ? error.message : String(error);
    } finally {
      progress = undefined;
    }
  };
  const begin = async (opened: OpenStudy): Promise<void> => {
    visit++;
    open = opened;
    await wipe();
  };
  const show = async (opened: OpenStudy): Promise<void> => {
    await begin(opened);
    if (open === opened) await saveStudy(servedFolder, opened.study);
  };
  const extend = async (study: Study): Promise<void> => {
    open = { work: open?.work, study };
    await saveStudy(servedFolder, study);
  };
  const take = (part: MapPart): void => {
    if (part.kind === 'study') void begin({ study: part.study, work: undefined });
    else if (open) open = { ...open, study: withSlice(open.study, part) };
  };
  const read = (files: readonly NamedFile[]): Promise<void> =>
    attempt(async (listener) => {
      const [first] = files;
      if (!first) throw new Error('There is no file in what was opened.');
      if (files.length === 1 && first.name.endsWith('.zip') && typeof first.from !== 'string') {
        const { readProject } = await import('../save/project-file.ts');
        const bytes = new Uint8Array(await first.from.arrayBuffer());
        return show(readProject(bytes, first.name, imageLayers));
      }
      found = await client.run('find', files, listener);
      open = undefined;
      const [only, ...more] = found.results;
      if (only !== undefined && more.length === 0 && found.series.length === 0)
        await show({ study: await client.run('result', only.folder, listener), work: undefined });
    });
  const warm = async (model: NamedFile): Promise<void> => {
    network = { name: model.name };
    try {
      network = { name: model.name, ...(await client.run('warm', model)) };
    } catch {
      // Whoever maps with it is told why.
      network = undefined;
    }
  };
  const warmLater = (): void => {
    const [first] = models;
    if (first) whenIdle(() => void warm(first), WARM_AT_LATEST_MS);
  };
  const cancel = (): void => {
    client.cancel();
    warmLater();
  };
  return {
    get found() {
      return found;
    },
    get open() {
      return open;
    },
    get visit() {
      return visit;
    },
    get models() {
      return models;
    },
    get network() {
      return network;
    },
    get progress() {
      return progress;
    },
    get problem() {
      return problem;
    },
    get reviews() {
      return reviews;
    },
    review: (title, review) => {
      reviews = { ...reviews, [title]: review };
    },
    start: async () => {
      const offered = await served();
      servedFolder = offered.folder;
      models = offered.models;
      warmLater();
      const kept = await restore(servedFolder);
      // Whoever opened something meanwhile wants that.
      if (open || found || progress) return;
      open = kept;
      if (!open && offered.files.length > 0) await read(offered.files);
    },
    read,
    map: (request) =>
      attempt(async (listener) => {
        const study = await client.run('map', request, { ...listener, onPart: take });
        await (open?.study.readySlices ? extend(study) : show({ study, work: undefined }));
      }),
    openResult: (folder) =>
      attempt(async (listener) => {
        await show({ study: await client.run('result', folder, listener), work: undefined });
      }),
    warm,
    extend,
    cancel,
    close: () => {
      if (progress) cancel();
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
