/** A training run on disk: the trainer's state, and what a run remembers besides: its best weights and their age. */
import { decodeArrayFile, encodeArrayFile, requiredArray } from '../core/array-file.ts';
import type { TrainerState } from './trainer-state.ts';

export interface BestWeights {
  readonly theta: Float32Array;
  readonly statistics: Float32Array;
}

export interface RunState {
  /** Absent before the first step. */
  readonly trainer?: TrainerState;
  readonly best?: BestWeights;
  readonly bestScore: number;
  readonly bestStep: number;
  /** Validations since the best. */
  readonly nWorse: number;
}

const KIND = 'rhomap training run';
const TRAINER_ARRAYS = ['theta', 'm', 'v', 'statistics'] as const;
const BEST_ARRAYS = ['theta', 'statistics'] as const;

interface Header {
  readonly step: number;
  /** `null` before the first best: JSON has no infinity. */
  readonly bestScore: number | null;
  readonly bestStep: number;
  readonly nWorse: number;
}

export function encodeCheckpoint({ trainer, best, bestScore, bestStep, nWorse }: RunState): Uint8Array {
  const arrays = new Map<string, Float32Array>();
  if (trainer) for (const name of TRAINER_ARRAYS) arrays.set(name, trainer[name]);
  if (best) for (const name of BEST_ARRAYS) arrays.set(`best.${name}`, best[name]);
  const header: Header = {
    step: trainer?.step ?? 0,
    bestScore: Number.isFinite(bestScore) ? bestScore : null,
    bestStep,
    nWorse,
  };
  return encodeArrayFile(KIND, header, arrays);
}

/**
 * @param where names the file in messages.
 * @throws FormatError for anything that `encodeCheckpoint` did not write.
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): RunState {
  const file = decodeArrayFile<Header>(KIND, bytes, where);
  const { step, bestScore, bestStep, nWorse } = file.header;
  const array = (name: string): Float32Array => requiredArray(file, name, where);
  return {
    ...(step > 0 && {
      trainer: { step, theta: array('theta'), m: array('m'), v: array('v'), statistics: array('statistics') },
    }),
    ...(file.arrays.has('best.theta') && {
      best: { theta: array('best.theta'), statistics: array('best.statistics') },
    }),
    bestScore: bestScore ?? Number.POSITIVE_INFINITY,
    bestStep,
    nWorse,
  };
}
