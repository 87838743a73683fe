/** Watches a DICOMweb server: copies series that a rule fits once they have stopped growing, as if they had been sent. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RESULT_ENDING } from '../../io/dicom/results/modules.ts';
import { writeWhole } from '../../runtime/node/write-whole.ts';
import { findSeries, findStudies } from '../dicomweb/query.ts';
import { retrieve } from '../dicomweb/retrieve.ts';
import type { GatewayConfig } from './config.ts';
import type { Folders } from './folders.ts';
import type { GatewayLog } from './log.ts';
import { ruleFor, shortHash } from './rules.ts';
import { openServer } from './send.ts';

interface WatchSettings {
  readonly config: Pick<GatewayConfig, 'rules'> & { readonly watch: NonNullable<GatewayConfig['watch']> };
  readonly folders: Folders;
  readonly log: GatewayLog;
  readonly isFull: () => boolean;
  readonly onImage: (path: string) => Promise<unknown>;
}

const MAX_STUDIES = 1000;

/** One look at the server; what it remembers from look to look is how many images a series had. */
export function createWatch(settings: WatchSettings): () => Promise<void> {
  const before = new Map<string, number>();
  return async () => {
    const { watch, rules } = settings.config;
    const server = await openServer(watch);
    const from = new Date(Date.now() - (watch.days - 1) * 86_400_000);
    const date = `${dicomDate(from)}-${dicomDate(new Date(Date.now() + 86_400_000))}`;
    for (const study of await findStudies(server, { date, modality: 'MR', limit: MAX_STUDIES })) {
      for (const series of await findSeries(server, study.studyInstanceUid)) {
        const { seriesInstanceUid: uid, nInstances, modality } = series;
        // What the server does not tell may fit; the images themselves decide when they are here.
        const known = { seriesDescription: series.description, protocolName: series.protocol };
        const mayFit = ruleFor(rules, known, ['seriesDescription', 'protocolName']) !== undefined;
        // Maps are of the same modality, and named after the series that they were made from.
        const isResult = series.description.endsWith(RESULT_ENDING);
        if (modality !== 'MR' || isResult || !mayFit || nInstances === null || settings.isFull()) continue;
        const isStill = before.get(uid) === nInstances;
        before.set(uid, nInstances);
        if (isStill && (await seenCount(settings.folders, uid)) !== nInstances)
          await copy(settings, series, nInstances);
      }
    }
  };
}

const dicomDate = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');

const seenCount = async ({ seen }: Folders, uid: string): Promise<number> =>
  Number(await readFile(join(seen, uid), 'utf8').catch(() => '0'));

async function copy(
  { config, folders, log, onImage }: WatchSettings,
  target: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string },
  nInstances: number,
): Promise<void> {
  const folder = join(folders.incoming, randomUUID());
  await mkdir(folder);
  try {
    const settings = { maxBytes: config.watch.maxGb * 2 ** 30 };
    const paths = await retrieve(await openServer(config.watch), target, folder, settings);
    for (const path of paths) await onImage(join(folder, path));
    await writeWhole(join(folders.seen, target.seriesInstanceUid), Buffer.from(String(nInstances)));
    log.info({ group: shortHash(target.seriesInstanceUid), images: paths.length }, 'copied');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
