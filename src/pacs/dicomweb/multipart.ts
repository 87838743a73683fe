/**
 * Reads `multipart/related` (RFC 2387, RFC 2046 §5.1) as it comes, in bounded memory: a part may be larger than memory,
 * its headers may not, and no stated length is believed.
 */
import { FormatError } from '../../core/errors.ts';

/** A part begins, gives its bytes, and ends; parts follow one another. */
export type MultipartToken =
  | { readonly part: 'begin' }
  | { readonly part: 'bytes'; readonly bytes: Buffer }
  | { readonly part: 'end' };

/** Longest that stands before the first part, or as the headers of one. */
const MAX_HEADER_BYTES = 16_384;

/** @throws FormatError `pacs/multipart` where the type names no valid boundary. */
export function boundaryOf(contentType: string | undefined): string {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '');
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined && /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/.test(boundary)) return boundary;
  throw damaged('says no boundary between its parts');
}

const damaged = (what: string): FormatError => new FormatError('pacs/multipart', 'the answer', `it ${what}.`);

/**
 * @param body in chunks of any sizes.
 * @throws FormatError `pacs/multipart` for what is cut short or malformed.
 */
export async function* multipartTokens(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<MultipartToken> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // The first boundary may stand at the very beginning: with this it looks like all others.
  let pending: Buffer = Buffer.from('\r\n');
  let state: 'before' | 'header' | 'data' = 'before';
  for await (const chunk of body) {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      if (state === 'header') {
        const head = readHeader(pending);
        if (head === 'more') break;
        if (head === 'last') return;
        pending = pending.subarray(head);
        state = 'data';
        yield { part: 'begin' };
      }
      const at = pending.indexOf(delimiter);
      if (at < 0) {
        const sure = Math.max(0, pending.length - delimiter.length + 1);
        if (state === 'data' && sure > 0) {
          yield { part: 'bytes', bytes: pending.subarray(0, sure) };
          pending = pending.subarray(sure);
        } else if (state === 'before' && pending.length > MAX_HEADER_BYTES)
          throw damaged('does not begin with the boundary that it names');
        break;
      }
      if (state === 'data') {
        if (at > 0) yield { part: 'bytes', bytes: pending.subarray(0, at) };
        yield { part: 'end' };
      }
      pending = pending.subarray(at + delimiter.length);
      state = 'header';
    }
  }
  throw damaged('breaks off before its end');
}

/** Where the bytes of a part begin, after a boundary: past the rest of its line and the part's headers. */
function readHeader(pending: Buffer): number | 'more' | 'last' {
  if (pending.length < 2) return 'more';
  if (pending.subarray(0, 2).toString('latin1') === '--') return 'last';
  const line = pending.indexOf('\r\n');
  const end = line < 0 ? -1 : pending.indexOf('\r\n\r\n', line);
  if (end >= 0 && end <= MAX_HEADER_BYTES) {
    if (!/^[ \t]*$/.test(pending.subarray(0, line).toString('latin1')))
      throw damaged('is malformed at a boundary');
    return end + 4;
  }
  if (pending.length > MAX_HEADER_BYTES) throw damaged('has a part with headers that do not end');
  return 'more';
}
