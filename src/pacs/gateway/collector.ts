/** Waits until a series is complete, and hands it to the queue; parks what does not become complete. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RhomapError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { requestedTslMs } from '../../pipeline/inputs/candidate.ts';
import { chooseCandidate, takeInventory } from '../../pipeline/inputs/inventory.ts';
import { findSources } from '../../runtime/node/sources.ts';
import type { GatewayConfig, Rule } from './config.ts';
import { type Folders, imagesIn, park, readRecord, writeRecord } from './folders.ts';
import type { GatewayLog } from './log.ts';
import type { Queue, Reason } from './queue.ts';
import { shortHash } from './rules.ts';

export interface Collector {
  /** An image joined the group in this folder. */
  arrived(folder: string): void;
  /** Looks at the groups that had time enough. */
  look(): Promise<void>;
  /** How many groups are being collected. */
  size(): number;
}

interface CollectorSettings {
  readonly config: Pick<GatewayConfig, 'rules' | 'quietSeconds' | 'partialSeconds'>;
  readonly folders: Folders;
  readonly queue: Queue;
  /** SHA-256 of each rule's model, by the rule's name. */
  readonly models: ReadonlyMap<string, string>;
  readonly log: GatewayLog;
  /** Told when there is something to do. */
  readonly onReady: () => void;
}

interface Group {
  nImages: number;
  lastMs: number;
  /** As many images were found to be not yet a whole series. */
  lookedAt: number;
}

/** Takes up what an earlier run left. */
export async function createCollector(settings: CollectorSettings): Promise<Collector> {
  const { folders } = settings;
  const groups = new Map<string, Group>();
  for (const name of await readdir(folders.groups)) {
    const folder = join(folders.groups, name);
    const nImages = (await imagesIn(folder)).length;
    groups.set(folder, { nImages, lastMs: (await stat(folder)).mtimeMs, lookedAt: -1 });
  }
  return {
    arrived: (folder) => {
      const group = groups.get(folder) ?? { nImages: 0, lastMs: 0, lookedAt: -1 };
      groups.set(folder, { ...group, nImages: group.nImages + 1, lastMs: Date.now() });
    },
    look: async () => {
      for (const [folder, group] of groups) if (await lookAt(folder, group, settings)) groups.delete(folder);
    },
    size: () => groups.size,
  };
}

/** True where the group is no longer collected. */
async function lookAt(folder: string, group: Group, settings: CollectorSettings): Promise<boolean> {
  const { config, folders, log } = settings;
  const waitedMs = Date.now() - group.lastMs;
  const record = await readRecord(folder);
  const rule = config.rules.find(({ name }) => name === record?.rule);
  const isQuiet = waitedMs >= config.quietSeconds * 1000;
  const isFull =
    rule?.nSlices !== undefined && group.nImages === rule.nSlices * (rule.tslMs?.length ?? Infinity);
  if (!isQuiet && !isFull) return false;
  const isTooLate = waitedMs >= config.partialSeconds * 1000;
  if (group.lookedAt === group.nImages && !isTooLate) return false;
  group.lookedAt = group.nImages;
  const problem = rule
    ? await problemOf(folder, rule)
    : { code: 'gateway/no-rule', message: 'The rule that took these images is no longer there.' };
  if (!problem && rule && record) {
    await hand(folder, rule, record.group, settings);
    return true;
  }
  if (!isTooLate) return false;
  const partial = { code: 'gateway/partial', message: `Not a whole series: ${problem!.message}` };
  log.warn(
    { group: shortHash(basename(folder)), images: group.nImages, code: problem!.code },
    'parked: partial',
  );
  await park(folders, folder, partial);
  return true;
}

/** Why a group is not a whole series that can be mapped. */
async function problemOf(folder: string, rule: Rule): Promise<Reason | undefined> {
  try {
    const inventory = await takeInventory(await findSources([folder]), createWarningSink());
    const request = {
      ...(rule.tslMs && { tslMs: rule.tslMs }),
      ...(rule.tslFrom && { tslFrom: rule.tslFrom }),
    };
    const candidate = chooseCandidate(inventory, request);
    const { nImages, nSlices } = candidate;
    const nTimes = requestedTslMs(candidate, request).length;
    if (nImages !== nTimes)
      return { code: 'gateway/times', message: `${nImages} images per slice, not ${nTimes}.` };
    if (rule.nSlices !== undefined && nSlices !== rule.nSlices)
      return { code: 'gateway/slices', message: `${nSlices} slices, not ${rule.nSlices}.` };
    return undefined;
  } catch (error) {
    if (!(error instanceof RhomapError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** From `groups` to `ready`, and into the queue. A kill between the two is made good by `recover`. */
async function hand(folder: string, rule: Rule, group: string, settings: CollectorSettings): Promise<void> {
  const { folders, queue, log, models } = settings;
  const images = await imagesIn(folder);
  const id = jobId([group, rule.name, models.get(rule.name)!, JSON.stringify(rule), ...images]);
  const data = { rule: rule.name, group, nImages: images.length };
  const ready = join(folders.ready, id);
  const state = await queue.state(id);
  if (existsSync(ready) || state === 'completed') {
    await rm(folder, { recursive: true });
    log.info({ group: shortHash(group), job: id, state }, 'came again: known already');
    return;
  }
  await writeRecord(folder, data);
  await rename(folder, ready);
  await queue.add(id, data);
  log.info({ group: shortHash(group), job: id, images: images.length }, 'complete: queued');
  settings.onReady();
}

/** A UUID (RFC 9562, version 8) made of what a job is: same images, rule and model, same job. */
function jobId(parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * After a kill: queues what was ready and not queued, removes what was done and not removed.
 * @param isOwner no other worker is there: what is being worked on was left by a dead one.
 */
export async function recover(folders: Folders, queue: Queue, isOwner: boolean): Promise<void> {
  // Results that were being written begin anew.
  for (const name of isOwner ? await readdir(folders.results) : [])
    if (name.endsWith('.partial')) await rm(join(folders.results, name), { recursive: true });
  for (const id of await readdir(folders.ready)) {
    const folder = join(folders.ready, id);
    const [state, data] = [await queue.state(id), await readRecord(folder)];
    if (state === 'completed') await discardJob(folders, id);
    else if (data && (state === undefined || (state === 'active' && isOwner))) await queue.renew(id, data);
  }
}

/** Removes images and results of a job, and what workers left that were killed while they wrote its results. */
export async function discardJob({ ready, results }: Folders, id: string): Promise<void> {
  const half = (await readdir(results)).filter((name) => name.startsWith(`.${id}.`));
  for (const path of [join(ready, id), join(results, id), ...half.map((name) => join(results, name))])
    await rm(path, { recursive: true, force: true });
}
