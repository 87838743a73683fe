/** What the page and its worker say to each other. Arrays travel, they are not copied. */
import type {
  FitOptionsInput,
  SeriesCandidate,
  SkippedFile,
  TslRequest,
  Warning,
} from '../../../src/index.ts';
import type { Study } from '../study/study.ts';

/** A file that was dropped, or one that the server offers. */
export interface NamedFile {
  /** Path below what was dropped. */
  readonly name: string;
  readonly bytes: number;
  /** The file itself, or where to fetch it (same origin). */
  readonly from: Blob | string;
}

/** A series as the page knows it: its facts, without what reads it. */
export type FoundSeries = Omit<SeriesCandidate, 'load' | 'readStudy'>;

export interface Found {
  readonly series: readonly FoundSeries[];
  /** Folders with results of rhomap, ready to be opened. */
  readonly results: readonly string[];
  readonly skipped: readonly SkippedFile[];
  readonly warnings: readonly Warning[];
}

/** Which series to map, and how. */
export interface MapRequest {
  /** Place in `Found.series`. */
  readonly index: number;
  readonly times: TslRequest;
  /** Of the least-squares fit. */
  readonly options: FitOptionsInput;
  /** The network; least squares where absent. */
  readonly model?: NamedFile;
}

export interface Progress {
  readonly stage: 'reading' | 'fitting' | 'mapping';
  /** 0…1; absent where it cannot be known. */
  readonly fraction?: number;
  /** What runs the network. */
  readonly by?: string;
}

/** What can be asked for, and what comes back. */
export interface Tasks {
  find: { readonly ask: readonly NamedFile[]; readonly answer: Found };
  map: { readonly ask: MapRequest; readonly answer: Study };
  result: { readonly ask: string; readonly answer: Study };
}

export type TaskName = keyof Tasks;

export interface WorkRequest<N extends TaskName = TaskName> {
  readonly task: N;
  readonly ask: Tasks[N]['ask'];
}

export type WorkReply =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
