/** Sends the results of a job on: to DICOMweb, or to a DICOM node. Their UIDs make a second time harmless. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../../core/errors.ts';
import { type DicomWebServer, dicomWebServer } from '../dicomweb/connection.ts';
import { readIdentity } from '../dicomweb/identity.ts';
import { readLogin } from '../dicomweb/login.ts';
import { store } from '../dicomweb/store.ts';
import type { GatewayConfig, ServerConfig } from './config.ts';
import { storeToNode } from './store-scu.ts';

/**
 * @returns how many files were sent.
 * @throws EnvironmentError `gateway/not-sent`, and what reaching the receiver throws.
 */
export async function sendResults(folder: string, { send }: Pick<GatewayConfig, 'send'>): Promise<number> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      return { ...(await readIdentity(path, name)), path, bytes: (await stat(path)).size };
    }),
  );
  if ('store' in send) await storeToNode(send.store, files);
  else {
    const [failure] = await store(await openServer(send.stow), files);
    if (failure)
      throw new EnvironmentError(
        'gateway/not-sent',
        `The receiver did not take a result: ${failure.reason}.`,
      );
  }
  return files.length;
}

/** The login is read anew each time: it may be renewed while the gateway runs. */
export const openServer = async ({ url, login, plainHttp }: ServerConfig): Promise<DicomWebServer> =>
  dicomWebServer(url, await readLogin(login, process.env), { plainHttp });
