/** What the page and its worker say to each other. Arrays travel, they are not copied. */
import type {
  FitOptionsInput,
  SeriesCandidate,
  SkippedFile,
  TslRequest,
  Warning,
} from '../../../src/index.ts';
import type { Study } from '../study/study.ts';
import type { WorkItem } from '../study/work-list.ts';

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
  /** Folders with results of rhomap, ready to be opened, the most doubtful first. */
  readonly results: readonly WorkItem[];
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

/** A map that is still being made. Every slice has its values and status of each of `study.roiMaps`. */
export type MapPart =
  | { readonly kind: 'study'; readonly study: Study }
  | {
      readonly kind: 'slice';
      readonly slice: number;
      readonly maps: readonly { readonly values: Float32Array; readonly status: Uint8Array }[];
    };

export interface Progress {
  readonly stage: 'reading' | 'loading' | 'fitting' | 'mapping';
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
  /** Makes a network ready before it is asked for; the answer says what runs it. */
  warm: { readonly ask: NamedFile; readonly answer: { readonly by: string; readonly why?: string } };
}

export type TaskName = keyof Tasks;

export interface WorkRequest<N extends TaskName = TaskName> {
  /** The replies carry it too: a network may be made ready while files are read. */
  readonly id: number;
  readonly task: N;
  readonly ask: Tasks[N]['ask'];
}

export type WorkReply = { readonly id: number } & (
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'part'; readonly part: MapPart }
  | { readonly kind: 'done'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
);

/** What is heard of a task before its answer. */
export interface TaskListener {
  readonly onProgress?: (progress: Progress) => void;
  readonly onPart?: (part: MapPart) => void;
}
