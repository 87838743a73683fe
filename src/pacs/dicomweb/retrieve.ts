/** WADO-RS (PS3.18, 10.4): whole instances as they are stored, streamed to disk under names made of their UIDs. */
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.ts';
import { makeFolder } from '../../runtime/node/make-folder.ts';
import { orEnvironmentError } from '../../runtime/node/unwritable.ts';
import { ask, type DicomWebServer, inWords, refuseStatedLength, tooLarge } from './connection.ts';
import { readIdentity } from './identity.ts';
import { boundaryOf, type MultipartToken, multipartTokens } from './multipart.ts';

export interface RetrieveTarget {
  readonly studyInstanceUid: string;
  /** The whole study where absent. */
  readonly seriesInstanceUid?: string | undefined;
}

export interface RetrieveSettings {
  /** Of everything that one request brings. */
  readonly maxBytes: number;
  readonly onInstance?: ((nInstances: number) => void) | undefined;
}

/**
 * Fills a folder with `SERIES/INSTANCE.dcm` and returns these paths, each instance once.
 * @param folder exists; on failure what came before stays.
 * @throws as `ask`; DataError `pacs/too-large`, `pacs/other-study`, `pacs/not-found` where nothing comes; FormatError for
 *   what is no DICOM or no multipart.
 */
export async function retrieve(
  server: DicomWebServer,
  target: RetrieveTarget,
  folder: string,
  settings: RetrieveSettings,
): Promise<string[]> {
  const { studyInstanceUid, seriesInstanceUid } = target;
  const series = seriesInstanceUid === undefined ? '' : `/series/${seriesInstanceUid}`;
  const response = await ask(server, {
    ...{ method: 'GET', path: `studies/${studyInstanceUid}${series}`, expected: [200] },
    headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  const aside = join(folder, '.incoming');
  const paths = new Set<string>();
  try {
    refuseStatedLength(server, response, settings.maxBytes);
    const body = bounded(server, response as AsyncIterable<Buffer>, settings.maxBytes);
    const tokens = multipartTokens(body, boundaryOf(response.headers['content-type']));
    while (await writePart(tokens, aside, folder)) {
      paths.add(await place(server, target, folder, aside));
      settings.onInstance?.(paths.size);
    }
  } catch (error) {
    throw inWords(server, error);
  } finally {
    response.destroy();
    await rm(aside, { force: true });
  }
  if (paths.size === 0)
    throw new DataError(
      'pacs/not-found',
      `${server.url.origin} has no instance of ${studyInstanceUid}${series}.`,
    );
  return [...paths];
}

async function* bounded(
  server: DicomWebServer,
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge(server, maxBytes);
    yield chunk;
  }
}

/** The next part into a file; false where there is none. */
async function writePart(
  tokens: AsyncGenerator<MultipartToken>,
  path: string,
  shown: string,
): Promise<boolean> {
  if ((await tokens.next()).done) return false;
  const file = await orEnvironmentError(shown, () => open(path, 'w'));
  try {
    for (;;) {
      const { value: token } = await tokens.next();
      if (token?.part !== 'bytes') return true;
      await orEnvironmentError(shown, () => file.write(token.bytes));
    }
  } finally {
    await file.close();
  }
}

/** Moves a file to the place that its own UIDs name; what was not asked for is refused. */
async function place(
  server: DicomWebServer,
  target: RetrieveTarget,
  folder: string,
  aside: string,
): Promise<string> {
  const found = await readIdentity(aside, `an instance from ${server.url.origin}`);
  const isAsked =
    found.studyInstanceUid === target.studyInstanceUid &&
    (target.seriesInstanceUid ?? found.seriesInstanceUid) === found.seriesInstanceUid;
  if (!isAsked)
    throw new DataError(
      'pacs/other-study',
      `${server.url.origin} sent an instance of another study or series than ${target.seriesInstanceUid ?? target.studyInstanceUid}.`,
    );
  const path = join(found.seriesInstanceUid, `${found.sopInstanceUid}.dcm`);
  await orEnvironmentError(folder, async () => {
    makeFolder(join(folder, found.seriesInstanceUid));
    await rename(aside, join(folder, path));
  });
  return path;
}
