/**
 * Gzip as a stream with a brake: the sink sees the bytes piece by piece and may say "enough" at any time, so that a
 * small file that swells to gigabytes costs no memory. Checksums are verified member by member (fflate's streams do
 * not), because a flipped bit in compressed voxels is otherwise a wrong number that nobody notices.
 */
import { Gunzip } from 'fflate';
import { crc32 } from '../../core/crc32.ts';
import { FormatError } from '../../core/errors.ts';

/** Deflate cannot expand more than this (RFC 1951: 258 bytes from two bits); tells the impossible from the possible. */
export const MAX_DEFLATE_RATIO = 1032;

/** Compressed bytes per step: a step yields 16 MB at most. */
const STEP_BYTES = 16_384;

/** Gzip may be in several members (64 KB blocks in bgzip); each costs time, so thousands of empty ones are an attack. */
const FREE_MEMBERS = 1000;
const LEAST_MEMBER_BYTES = 1024;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Inflates until the end or until `sink` returns false.
 * @returns whether the end was reached (and the checksums hold).
 * @throws FormatError for damaged or incomplete streams.
 */
export function gunzip(bytes: Uint8Array, where: string, sink: (chunk: Uint8Array) => boolean): boolean {
  let wantsMore = true;
  let [crc, nMembers, nInflated] = [0, 0, 0];
  const checkMember = (end: number): void => {
    if (++nMembers > FREE_MEMBERS && nInflated < nMembers * LEAST_MEMBER_BYTES)
      throw new FormatError(
        'nifti/gzip',
        where,
        `made of more than ${FREE_MEMBERS} nearly empty gzip pieces.`,
      );
    if (end < 8 || new DataView(bytes.buffer, bytes.byteOffset + end - 8).getUint32(0, true) !== crc)
      throw new FormatError(
        'nifti/gzip-checksum',
        where,
        'the gzip checksum does not fit the content: the file is damaged; copy it again.',
      );
    crc = 0;
  };
  const stream = new Gunzip((chunk) => {
    if (!wantsMore || chunk.length === 0) return;
    crc = crc32(chunk, crc);
    nInflated += chunk.length;
    wantsMore = sink(chunk);
  });
  stream.onmember = checkMember;
  for (let at = 0; at < bytes.length && wantsMore; at += STEP_BYTES) {
    const end = Math.min(at + STEP_BYTES, bytes.length);
    push(stream, bytes.subarray(at, end), end === bytes.length, where);
  }
  if (wantsMore) checkMember(bytes.length);
  return wantsMore;
}

function push(stream: Gunzip, piece: Uint8Array, isLast: boolean, where: string): void {
  try {
    stream.push(piece, isLast);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(
      'nifti/gzip',
      where,
      `the gzip stream is damaged or cut off (${cause instanceof Error ? cause.message : cause}); copy the file again.`,
      { cause },
    );
  }
}
