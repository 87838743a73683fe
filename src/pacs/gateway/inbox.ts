/** What becomes of an image that came: it joins its series, or is parked with the reason why not. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RhomapError } from '../../core/errors.ts';
import { parseDicom, SILENT } from '../../io/dicom/image.ts';
import { makeFolder } from '../../runtime/node/make-folder.ts';
import { readIdentity } from '../dicomweb/identity.ts';
import type { GatewayConfig, Rule } from './config.ts';
import { type Folders, park, writeRecord } from './folders.ts';
import { ruleFor } from './rules.ts';

/** MR, Enhanced MR, Legacy Converted Enhanced MR: images of a scanner. Maps, ours among them, are of other classes. */
const MR_CLASSES = new Set([
  '1.2.840.10008.5.1.4.1.1.4',
  '1.2.840.10008.5.1.4.1.1.4.1',
  '1.2.840.10008.5.1.4.1.1.4.4',
]);

export type Accepted =
  | { readonly kind: 'collected'; readonly folder: string; readonly rule: Rule }
  /** The very same image was there. */
  | { readonly kind: 'known' }
  | { readonly kind: 'parked'; readonly code: string };

/**
 * Takes a whole file out of `incoming`.
 * @throws what the disk throws.
 */
export async function acceptImage(
  path: string,
  { rules }: Pick<GatewayConfig, 'rules'>,
  folders: Folders,
): Promise<Accepted> {
  const refuse = async (code: string, message: string): Promise<Accepted> => {
    await park(folders, path, { code, message });
    return { kind: 'parked', code };
  };
  try {
    const identity = await readIdentity(path, 'the image');
    if (!MR_CLASSES.has(identity.sopClassUid))
      return await refuse('gateway/unrelated', `Objects of class ${identity.sopClassUid} are no MR images.`);
    const image = parseDicom(await readFile(path), 'the image', SILENT);
    const rule = ruleFor(rules, image);
    if (!rule)
      return await refuse('gateway/unrelated', `No rule fits a series "${image.seriesDescription ?? ''}".`);
    const group = rule.per === 'study' ? identity.studyInstanceUid : identity.seriesInstanceUid;
    const folder = join(folders.groups, `${group}--${rule.name}`);
    const target = join(folder, `${identity.sopInstanceUid}.dcm`);
    if (existsSync(target)) {
      if (!(await readFile(target)).equals(await readFile(path)))
        return await refuse(
          'gateway/conflict',
          `Another image of the UID ${identity.sopInstanceUid} came before.`,
        );
      await rm(path);
      return { kind: 'known' };
    }
    if (!existsSync(folder)) {
      makeFolder(folder, 0o700);
      await writeRecord(folder, { rule: rule.name, group, nImages: 0 });
    }
    await rename(path, target);
    return { kind: 'collected', folder, rule };
  } catch (error) {
    if (!(error instanceof RhomapError)) throw error;
    return refuse(error.code, error.message);
  }
}
