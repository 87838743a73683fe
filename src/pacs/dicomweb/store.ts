/** STOW-RS (PS3.18, 10.5): sends DICOM files as they are, streamed from disk, some at a time. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { ask, type DicomWebServer, readBounded } from './connection.ts';

/** A file to send, with what it is. */
export interface FileToStore {
  readonly path: string;
  readonly bytes: number;
  readonly sopInstanceUid: string;
}

export interface StoreFailure {
  readonly path: string;
  readonly reason: string;
}

/** Larger requests are refused by some servers' proxies, smaller ones take long. */
const MAX_FILES = 64;
const MAX_BYTES = 64 * 2 ** 20;
const MAX_ANSWER_BYTES = 8 * 2 ** 20;

/**
 * Sends files; a server that has one already keeps or replaces it, so that sending again does no harm.
 * @returns those that the server did not take, with its reasons.
 * @throws as `ask`.
 */
export async function store(
  server: DicomWebServer,
  files: readonly FileToStore[],
  onSent: (nFiles: number) => void = () => {},
): Promise<StoreFailure[]> {
  const failures: StoreFailure[] = [];
  let nSent = 0;
  for (const batch of batchesOf(files)) {
    failures.push(...(await storeBatch(server, batch)));
    nSent += batch.length;
    onSent(nSent);
  }
  return failures;
}

function batchesOf(files: readonly FileToStore[]): FileToStore[][] {
  const batches: FileToStore[][] = [];
  let bytes = 0;
  for (const file of files) {
    const batch = batches.at(-1);
    bytes += file.bytes;
    if (batch && batch.length < MAX_FILES && bytes <= MAX_BYTES) batch.push(file);
    else {
      batches.push([file]);
      bytes = file.bytes;
    }
  }
  return batches;
}

async function storeBatch(server: DicomWebServer, batch: readonly FileToStore[]): Promise<StoreFailure[]> {
  const boundary = `rhomap-${randomUUID()}`;
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const [gap, tail] = [Buffer.from('\r\n'), Buffer.from(`--${boundary}--\r\n`)];
  const length = batch.reduce((sum, { bytes }) => sum + head.length + bytes + gap.length, tail.length);
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const { path } of batch) {
      yield head;
      yield* createReadStream(path) as AsyncIterable<Buffer>;
      yield gap;
    }
    yield tail;
  }
  const response = await ask(server, {
    ...{ method: 'POST', path: 'studies', body: body(), expected: [200, 202, 409] },
    headers: {
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      'content-length': String(length),
      accept: 'application/dicom+json',
    },
  });
  const answer = await readBounded(server, response, MAX_ANSWER_BYTES);
  return failuresOf(batch, answer, response.statusCode!);
}

const reference = z.looseObject({
  '00081155': z.looseObject({ Value: z.array(z.string()).optional() }).optional(),
  '00081197': z.looseObject({ Value: z.array(z.number()).optional() }).optional(),
});
const answerSchema = z.looseObject({
  '00081198': z.looseObject({ Value: z.array(reference).optional() }).optional(),
});

/** Failure reasons, PS3.18 table I.2-2; the last two by their upper digits. */
const REASONS: Readonly<Record<number, string>> = {
  272: 'processing failed',
  290: 'it does not take this class of object',
  292: 'not allowed for this login',
  49442: 'it does not take this transfer syntax',
};
const reasonOf = (code: number | undefined): string => {
  if (code === undefined) return 'no reason given';
  if (code >= 0xa700 && code <= 0xa7ff) return 'it has no room or resources';
  if (code >= 0xa900 && code <= 0xa9ff) return 'the data set does not match its class';
  if (code >= 0xc000 && code <= 0xcfff && !REASONS[code]) return 'it cannot understand the data set';
  return REASONS[code] ?? `reason ${code}`;
};

function failuresOf(batch: readonly FileToStore[], answer: Buffer, status: number): StoreFailure[] {
  const parsed = answerSchema.safeParse(jsonOf(answer));
  const failed = (parsed.data?.['00081198']?.Value ?? []).map((entry) => ({
    uid: entry['00081155']?.Value?.[0],
    reason: reasonOf(entry['00081197']?.Value?.[0]),
  }));
  const named = batch.flatMap(({ path, sopInstanceUid }) => {
    const failure = failed.find(({ uid }) => uid === sopInstanceUid);
    return failure ? [{ path, reason: failure.reason }] : [];
  });
  if (named.length > 0 || (status === 200 && failed.length === 0)) return named;
  // Something failed, and the server does not say what.
  return status === 202 && failed.length === 0
    ? []
    : batch.map(({ path }) => ({ path, reason: failed[0]?.reason ?? `refused with status ${status}` }));
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
