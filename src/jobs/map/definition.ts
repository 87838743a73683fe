/** What defines the mapping of a cohort: options that are the same for all subjects. */
import { join } from 'node:path';
import type { TslSource } from '../../pipeline/inputs/candidate.ts';
import type { RefinementRule } from '../../roi/refine.ts';
import type { OutputFormat } from '../../runtime/node/map-patient.ts';

export interface MapDefinition {
  /** Data set, folder or list, as the user gave it. */
  readonly input: string;
  /** Folders between `input` and those of subjects, counted from 1. */
  readonly depth: number;
  readonly tsl?: readonly number[] | undefined;
  readonly tslFrom?: TslSource | undefined;
  readonly mapFromMs?: readonly [number, number] | undefined;
  readonly model: {
    readonly name: string;
    /** The model that states the uncertainty, where the first one states none. */
    readonly uncertaintyName?: string | undefined;
    /** Of the file, or of what the pair is made to. */
    readonly sha256: string;
  };
  /** Where masks lie: `none`, or a path with `{id}`; as the data set has them where absent. */
  readonly roi?: string | undefined;
  /** The model's own where absent. */
  readonly rule?: RefinementRule | undefined;
  readonly formats: readonly OutputFormat[];
  readonly report: boolean;
  readonly previews: boolean;
}

/** A subject's files. */
export interface SubjectPayload {
  readonly inputs: readonly string[];
  readonly roi?: string;
}

export const subjectFolder = (folder: string, id: string): string => join(folder, 'subjects', id);
