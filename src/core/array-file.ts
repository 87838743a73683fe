/**
 * Named float32 arrays and a JSON header in one file: the length of the header (uint32), the header, the arrays one after
 * the other, all little-endian. For checkpoints and predictions, which only rhomap reads.
 */
import { FormatError } from './errors.ts';

export interface ArrayFile<H> {
  readonly header: H;
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

interface StoredHeader<H> {
  /** What the file is, so that one is never taken for another. */
  readonly kind: string;
  readonly schemaVersion: number;
  readonly content: H;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

const SCHEMA_VERSION = 1;

export function encodeArrayFile<H>(
  kind: string,
  header: H,
  arrays: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const stored: StoredHeader<H> = {
    kind,
    schemaVersion: SCHEMA_VERSION,
    content: header,
    arrays: [...arrays].map(([name, { length }]) => ({ name, length })),
  };
  const json = new TextEncoder().encode(JSON.stringify(stored));
  const nBytes = [...arrays.values()].reduce((n, { byteLength }) => n + byteLength, 4 + json.length);
  const bytes = new Uint8Array(nBytes);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = 4 + json.length;
  for (const array of arrays.values()) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/**
 * @param where names the file in messages.
 * @throws FormatError `array-file/damaged` for anything that `encodeArrayFile` did not write as this kind.
 */
export function decodeArrayFile<H>(kind: string, bytes: Uint8Array, where: string): ArrayFile<H> {
  const fail = (why: string, cause?: unknown): FormatError =>
    new FormatError('array-file/damaged', where, `${why}; delete the file to make it again.`, { cause });
  const headerBytes =
    bytes.length < 4
      ? Number.POSITIVE_INFINITY
      : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + headerBytes > bytes.length) throw fail('its header is cut off');
  let stored: Partial<StoredHeader<H>>;
  try {
    stored = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerBytes)));
  } catch (cause) {
    throw fail('its header is not readable', cause);
  }
  if (stored?.kind !== kind || !Array.isArray(stored.arrays)) throw fail(`it is no ${kind}`);
  if (stored.schemaVersion !== SCHEMA_VERSION) throw fail(`its version ${stored.schemaVersion} is not known`);
  const arrays = new Map<string, Float32Array>();
  let at = 4 + headerBytes;
  for (const { name, length } of (stored as StoredHeader<H>).arrays) {
    const piece = bytes.subarray(at, at + 4 * length);
    if (piece.length !== 4 * length) throw fail('it is cut off');
    // A copy is aligned, and frees the file's bytes; `slice` would not copy if the bytes are a Node Buffer.
    const values = new Float32Array(length);
    new Uint8Array(values.buffer).set(piece);
    arrays.set(name, values);
    at += 4 * length;
  }
  return { header: (stored as StoredHeader<H>).content, arrays };
}

/** @throws FormatError `array-file/damaged` if the array is not there. */
export function requiredArray(file: ArrayFile<unknown>, name: string, where: string): Float32Array {
  const array = file.arrays.get(name);
  if (!array)
    throw new FormatError(
      'array-file/damaged',
      where,
      `it has no ${name}; delete the file to make it again.`,
    );
  return array;
}
