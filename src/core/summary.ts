import { VERSION } from './version.ts';
import type { Warning } from './warnings.ts';

/** An input as it was read: what a result can be traced back to. */
export interface InputRecord {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** `summary.json`, the record in every output folder. It holds no time of day: same input, same bytes. */
export interface Summary {
  readonly schemaVersion: 1;
  readonly rhomap: string;
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputRecord[];
  readonly results: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
}

export function createSummary(record: Omit<Summary, 'schemaVersion' | 'rhomap'>): Summary {
  return { schemaVersion: 1, rhomap: VERSION, ...record };
}

/** A file to be written, relative to the output folder. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const textFile = (path: string, text: string): OutputFile => ({
  path,
  bytes: new TextEncoder().encode(text),
});

export const jsonFile = (path: string, value: unknown): OutputFile =>
  textFile(path, `${JSON.stringify(value, null, 2)}\n`);
