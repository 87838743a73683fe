/**
 * A training run on disk: a JSON header (length as uint32 first), then the arrays as float32, all little-endian. Its
 * own format beside the trainer's because a run also remembers its best weights and how long ago it found them.
 */
import { FormatError } from '../core/errors.ts';
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

const KIND = 'rhomap-training-run';
const SCHEMA_VERSION = 1;

interface Header {
  readonly kind: string;
  readonly schemaVersion: number;
  readonly step: number;
  /** `null` before the first best: JSON has no infinity. */
  readonly bestScore: number | null;
  readonly bestStep: number;
  readonly nWorse: number;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

export function encodeCheckpoint(state: RunState): Uint8Array {
  const { trainer, best } = state;
  const arrays: [string, Float32Array][] = trainer
    ? (['theta', 'm', 'v', 'statistics'] as const).map((name) => [name, trainer[name]])
    : [];
  if (best) arrays.push(['best.theta', best.theta], ['best.statistics', best.statistics]);
  const header: Header = {
    kind: KIND,
    schemaVersion: SCHEMA_VERSION,
    step: trainer?.step ?? 0,
    bestScore: Number.isFinite(state.bestScore) ? state.bestScore : null,
    bestStep: state.bestStep,
    nWorse: state.nWorse,
    arrays: arrays.map(([name, { length }]) => ({ name, length })),
  };
  // Padded so that the arrays can be read in place.
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text + ' '.repeat((4 - (text.length % 4)) % 4));
  const bytes = new Uint8Array(4 + json.length + arrays.reduce((n, [, a]) => n + a.byteLength, 0));
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = 4 + json.length;
  for (const [, array] of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/** @throws FormatError `training/checkpoint` for anything that `encodeCheckpoint` did not write. */
export function decodeCheckpoint(bytes: Uint8Array): RunState {
  const { header, end } = readHeader(bytes);
  const arrays = new Map<string, Float32Array>();
  let at = end;
  for (const { name, length } of header.arrays) {
    const piece = bytes.slice(at, at + 4 * length);
    if (piece.length !== 4 * length) throw damaged('it is cut off');
    arrays.set(name, new Float32Array(piece.buffer));
    at += 4 * length;
  }
  const array = (name: string): Float32Array => {
    const found = arrays.get(name);
    if (!found) throw damaged(`it has no ${name}`);
    return found;
  };
  const { step, bestScore, bestStep, nWorse } = header;
  const hasBest = arrays.has('best.theta');
  return {
    ...(step > 0 && {
      trainer: { step, theta: array('theta'), m: array('m'), v: array('v'), statistics: array('statistics') },
    }),
    ...(hasBest && { best: { theta: array('best.theta'), statistics: array('best.statistics') } }),
    bestScore: bestScore ?? Number.POSITIVE_INFINITY,
    bestStep,
    nWorse,
  };
}

function readHeader(bytes: Uint8Array): { header: Header; end: number } {
  const length =
    bytes.length < 4
      ? Number.POSITIVE_INFINITY
      : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) throw damaged('its header is cut off');
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  } catch (cause) {
    throw damaged('its header is not readable', cause);
  }
  if (header?.kind !== KIND || !Array.isArray(header.arrays)) throw damaged('it is none');
  if (header.schemaVersion !== SCHEMA_VERSION)
    throw damaged(`its version ${header.schemaVersion} is not known`);
  return { header: header as Header, end: 4 + length };
}

const damaged = (why: string, cause?: unknown): FormatError =>
  new FormatError(
    'training/checkpoint',
    'training checkpoint',
    `${why}; delete it to start this training again.`,
    { cause },
  );
