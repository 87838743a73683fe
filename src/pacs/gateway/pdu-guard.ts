/**
 * Watches the bytes of a DICOM connection (PS3.8, 9.3) before they are understood: a PDU says its own length, up to 4 GB,
 * and whoever believes it gathers that in memory; and it may come byte by byte, so that the connection is never idle.
 */
import type { Socket } from 'node:net';

/** Of an association request with very many contexts; data come in pieces of what was agreed, 64 KB. */
export const MAX_PDU_BYTES: number = 2 ** 20;
const HEADER_BYTES = 6;

type PduViolation = 'gateway/pdu-too-large' | 'gateway/pdu-too-slow';

/** Ends a connection that announces more, before the announcement is followed, or that is longer than `maxMs` at one PDU. */
export function guardPdus(socket: Socket, maxMs: number, onViolation: (code: PduViolation) => void): void {
  let header = Buffer.alloc(0);
  let left = 0;
  let beganMs = 0;
  const cutOff = (code: PduViolation): void => {
    onViolation(code);
    // Nobody else hears of it.
    socket.removeAllListeners('data');
    socket.destroy();
  };
  socket.prependListener('data', (chunk: Buffer) => {
    const isWithin = left > 0 || header.length > 0;
    if (isWithin && performance.now() - beganMs > maxMs) return cutOff('gateway/pdu-too-slow');
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const n = Math.min(left, chunk.length - at);
        left -= n;
        at += n;
        continue;
      }
      if (header.length === 0) beganMs = performance.now();
      const n = Math.min(HEADER_BYTES - header.length, chunk.length - at);
      header = Buffer.concat([header, chunk.subarray(at, at + n)]);
      at += n;
      if (header.length < HEADER_BYTES) return;
      left = header.readUInt32BE(2);
      header = Buffer.alloc(0);
      if (left > MAX_PDU_BYTES) return cutOff('gateway/pdu-too-large');
    }
  });
}
