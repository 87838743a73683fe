/**
 * A trainer's state and its bytes: the length of a JSON header (uint32), the header, then the arrays as float32, all
 * little-endian. The header names the network, so that a checkpoint cannot continue another one.
 */
import { FormatError, OptionError } from '../core/errors.ts';
import { type Network, parameterCount, statisticCount } from '../network/network.ts';
import { STATE_NAMES, type StateName } from '../network/training-step.ts';

export interface TrainerState extends Readonly<Record<StateName, Float32Array>> {
  /** Steps made. */
  readonly step: number;
}

const SCHEMA_VERSION = 1;
const KIND = 'rhomap-trainer-state';

interface Header {
  readonly kind: string;
  readonly schemaVersion: number;
  readonly step: number;
  readonly network: unknown;
}

const lengthsOf = (network: Network): Record<StateName, number> => {
  const n = parameterCount(network);
  return { theta: n, m: n, v: n, statistics: statisticCount(network) };
};

export function encodeTrainerState(state: TrainerState, network: Network): Uint8Array {
  const header: Header = {
    kind: KIND,
    schemaVersion: SCHEMA_VERSION,
    step: state.step,
    network: network.options,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const total = STATE_NAMES.reduce((n, name) => n + state[name].length, 0);
  const bytes = new Uint8Array(4 + json.length + 4 * total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, json.length, true);
  bytes.set(json, 4);
  let offset = 4 + json.length;
  for (const name of STATE_NAMES)
    for (const x of state[name]) {
      view.setFloat32(offset, x, true);
      offset += 4;
    }
  return bytes;
}

/**
 * Reads and checks a state for `network`; a record is checked and copied.
 * @throws FormatError `trainer/checkpoint` if the bytes are not a checkpoint or are cut off.
 * @throws OptionError `trainer/other-network` if it belongs to another network.
 */
export function decodeTrainerState(from: TrainerState | Uint8Array, network: Network): TrainerState {
  const lengths = lengthsOf(network);
  if (from instanceof Uint8Array) return readState(from, network, lengths);
  const wrong = STATE_NAMES.find((name) => from[name].length !== lengths[name]);
  if (wrong) throw otherNetwork(`its ${wrong} has ${from[wrong].length} numbers, not ${lengths[wrong]}`);
  const copies = STATE_NAMES.map((name) => [name, from[name].slice()]);
  return { step: from.step, ...(Object.fromEntries(copies) as Record<StateName, Float32Array>) };
}

function readState(bytes: Uint8Array, network: Network, lengths: Record<StateName, number>): TrainerState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, end } = readHeader(bytes, view);
  // The options were written by this code from a record, so equal options have equal JSON.
  if (JSON.stringify(header.network) !== JSON.stringify(network.options))
    throw otherNetwork(`it was written for ${JSON.stringify(header.network)}`);
  const total = STATE_NAMES.reduce((n, name) => n + lengths[name], 0);
  if (bytes.length !== end + 4 * total)
    throw damaged(`it has ${bytes.length} bytes, not ${end + 4 * total}; it may be cut off`);
  let offset = end;
  const read = (length: number): Float32Array =>
    Float32Array.from({ length }, () => {
      offset += 4;
      return view.getFloat32(offset - 4, true);
    });
  const arrays = STATE_NAMES.map((name) => [name, read(lengths[name])]);
  return { step: header.step, ...(Object.fromEntries(arrays) as Record<StateName, Float32Array>) };
}

function readHeader(bytes: Uint8Array, view: DataView): { header: Header; end: number } {
  const end = bytes.length < 4 ? Infinity : 4 + view.getUint32(0, true);
  if (end > bytes.length) throw damaged('its header is cut off');
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
  } catch (cause) {
    throw damaged('its header is not readable', cause);
  }
  if (header?.kind !== KIND || !Number.isInteger(header.step)) throw damaged('it is not a checkpoint');
  if (header.schemaVersion !== SCHEMA_VERSION)
    throw damaged(`its version ${header.schemaVersion} is not known; update rhomap`);
  return { header: header as Header, end };
}

const damaged = (why: string, cause?: unknown): FormatError =>
  new FormatError('trainer/checkpoint', 'trainer checkpoint', `${why}.`, { cause });

const otherNetwork = (why: string): OptionError =>
  new OptionError(
    'trainer/other-network',
    `The checkpoint does not belong to this network: ${why}; delete it to train from the start.`,
  );
