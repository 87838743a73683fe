/** CRC-32 as gzip and PNG use it (reflected polynomial 0xEDB88320, RFC 1952 §8). */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** Checksum of `bytes`; pass the result of an earlier piece as `previous` to go on from there. */
export function crc32(bytes: Uint8Array, previous: number = 0): number {
  let c = ~previous;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
