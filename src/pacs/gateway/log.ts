/**
 * Structured logs, one JSON object a line. They hold no patient data: codes, counts and times; a UID only as a short hash,
 * and never the words of an error about a file, which may quote it. `rhomap gateway status` shows those.
 */
import pino, { type Logger } from 'pino';

export type GatewayLog = Pick<Logger, 'info' | 'warn' | 'error'>;

export const createLog = (level: string): GatewayLog =>
  pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
