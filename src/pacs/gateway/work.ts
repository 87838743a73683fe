/** Takes jobs from the queue, one at a time: maps, sends, and only then counts one as done. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, RhomapError } from '../../core/errors.ts';
import { discardJob } from './collector.ts';
import type { GatewayConfig, Rule } from './config.ts';
import { type Folders, park } from './folders.ts';
import type { GatewayLog } from './log.ts';
import type { Mapper } from './mapping-thread.ts';
import { createPause } from './pause.ts';
import type { Job, Queue } from './queue.ts';
import { shortHash } from './rules.ts';
import { sendResults } from './send.ts';

export interface Work {
  /** There may be something to do. */
  wake(): void;
  /** Ends after the job in hand. */
  stop(): Promise<void>;
}

interface WorkSettings {
  readonly config: GatewayConfig;
  readonly folders: Folders;
  readonly queue: Queue;
  readonly mapper: Mapper;
  readonly log: GatewayLog;
}

const IDLE_MS = 1000;
const KEEP_MS = 10_000;

export function startWork(settings: WorkSettings): Work {
  const { queue, log } = settings;
  let isStopping = false;
  const pause = createPause();
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      const job = await queue.next().catch((error: Error) => {
        log.error({ code: 'gateway/queue', message: error.message }, 'queue');
        return undefined;
      });
      if (job) await doJob(job, settings);
      else await pause.wait(IDLE_MS);
    }
  };
  const ended = loop();
  return {
    wake: pause.cut,
    stop: async () => {
      isStopping = true;
      pause.cut();
      await ended;
    },
  };
}

async function doJob(job: Job, settings: WorkSettings): Promise<void> {
  const { queue, log, folders, config } = settings;
  const about = { job: job.id, group: shortHash(job.data.group), attempt: job.attempt };
  const keeping = setInterval(() => void queue.keep(job.id).catch(() => {}), KEEP_MS);
  const startedAt = performance.now();
  try {
    const rule = config.rules.find(({ name }) => name === job.data.rule);
    if (!rule) throw new DataError('gateway/no-rule', `There is no rule ${job.data.rule} any more.`);
    const verdict = await mapJob(job, rule, settings);
    const nFiles = await sendResults(join(folders.results, job.id, 'dicom'), config);
    await queue.done(job.id, { nFiles, verdict });
    await discardJob(folders, job.id);
    log.info(
      { ...about, files: nFiles, verdict, ms: Math.round(performance.now() - startedAt) },
      'mapped and sent',
    );
  } catch (error) {
    await giveUp(job, error, settings).catch((worse: Error) =>
      log.error({ ...about, message: worse.message }, 'lost'),
    );
  } finally {
    clearInterval(keeping);
  }
}

/** Results that a killed run left whole are sent, not made again. */
async function mapJob({ id }: Job, rule: Rule, { folders, mapper }: WorkSettings): Promise<string> {
  const [images, results] = [join(folders.ready, id), join(folders.results, id)];
  if (existsSync(results)) return 'mapped before';
  if (!existsSync(images))
    throw new RhomapError(
      'gateway/no-images',
      'The images of the job are not here; workers share one folder.',
    );
  return mapper.map({ rule, images, results });
}

/** What the images are at fault for will not be better another time: they are parked. Everything else is tried again. */
async function giveUp(job: Job, error: unknown, { queue, folders, log }: WorkSettings): Promise<void> {
  const known = error instanceof RhomapError;
  const reason = { code: known ? error.code : 'internal', message: (error as Error).message };
  const about = { job: job.id, group: shortHash(job.data.group), attempt: job.attempt, code: reason.code };
  if (!(error instanceof DataError)) {
    await queue.failed(job.id, reason);
    log.warn(about, 'failed: to be tried again');
    return;
  }
  const images = join(folders.ready, job.id);
  if (existsSync(images)) await park(folders, images, reason);
  await queue.done(job.id, { parked: reason });
  await discardJob(folders, job.id);
  log.warn(about, 'parked: cannot be mapped');
}
