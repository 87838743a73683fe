/** What the page and its worker say to each other. Arrays travel, they are not copied. */
import type {
  FitOptionsInput,
  FitResult,
  SeriesCandidate,
  SkippedFile,
  SpinLockSeries,
  TslRequest,
  Warning,
} from '../../../src/index.ts';

/** A file that was dropped, or one that the server offers. */
export interface NamedFile {
  /** Path below what was dropped. */
  readonly name: string;
  readonly bytes: number;
  /** The file itself, or where to fetch it (same origin). */
  readonly from: Blob | string;
}

/** A series as the page knows it: everything but its pixels. */
export type FoundSeries = Omit<SeriesCandidate, 'load'>;

export interface Found {
  readonly series: readonly FoundSeries[];
  readonly skipped: readonly SkippedFile[];
  readonly warnings: readonly Warning[];
}

export interface FitRequest {
  /** Place in `Found.series`. */
  readonly index: number;
  readonly times: TslRequest;
  readonly options: FitOptionsInput;
}

export interface Fitted {
  readonly series: SpinLockSeries & { readonly orientation?: string };
  readonly fit: FitResult;
  readonly warnings: readonly Warning[];
}

export interface Progress {
  readonly stage: 'reading' | 'fitting' | 'mapping';
  /** 0…1; absent where it cannot be known. */
  readonly fraction?: number;
}

export type WorkRequest =
  | { readonly kind: 'find'; readonly files: readonly NamedFile[] }
  | { readonly kind: 'fit'; readonly request: FitRequest };

export type WorkReply =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
