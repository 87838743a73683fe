/**
 * The gateway, put together: images come (a DICOM node, a watched server) → join their series (`inbox`) → complete
 * (`collector`) → queue → mapped and sent (`work`). Everything that must outlive a kill is on disk before it is acknowledged.
 */
import { statfs } from 'node:fs/promises';
import { EnvironmentError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import { readModelFile } from '../../runtime/node/models.ts';
import { createCollector, recover } from './collector.ts';
import type { GatewayConfig } from './config.ts';
import { STORE_STATUS, startDicomNode } from './dicom-node.ts';
import { type Folders, forgetParked, listParked, openFolders, type Parked } from './folders.ts';
import { serveHealth } from './health.ts';
import { acceptImage } from './inbox.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import type { GatewayLog } from './log.ts';
import { createMapper } from './mapping-thread.ts';
import { createPause } from './pause.ts';
import { type DeadJob, type JobState, openQueue, type Queue } from './queue.ts';
import { shortHash } from './rules.ts';
import { createWatch } from './watch.ts';
import { startWork } from './work.ts';

export interface GatewaySettings {
  readonly config: GatewayConfig;
  readonly log: GatewayLog;
  /** PostgreSQL; embedded where absent. */
  readonly postgres?: string | undefined;
  /** Only maps: images come to another one, with which this shares folder and PostgreSQL. */
  readonly isWorker?: boolean | undefined;
}

export interface Gateway {
  /** Takes nothing new, ends what is in hand, and closes. */
  stop(): Promise<void>;
}

export interface GatewayStatus {
  readonly jobs: Readonly<Record<JobState, number>>;
  readonly dead: readonly DeadJob[];
  readonly parked: readonly Parked[];
}

const LOOK_MS = 500;
const GRACE_MS = 10_000;
const HOUR_MS = 3_600_000;

/** @throws OptionError, EnvironmentError in words where it cannot start. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const { config, log, postgres, isWorker = false } = settings;
  const models = await modelHashes(config);
  const lock = isWorker ? undefined : lockFolder(config.folder);
  const closing: (() => Promise<unknown> | unknown)[] = [() => lock?.release()];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const folders = await openFolders(config.folder, !isWorker);
    const queue = await openQueue({ folder: config.folder, retry: config.retry, postgres }, log);
    closing.push(() => queue.close());
    if (!isWorker) await recover(folders, queue, !postgres);
    const mapper = createMapper();
    closing.push(() => mapper.close());
    const work = startWork({ config, folders, queue, mapper, log });
    closing.push(() => work.stop());
    if (!isWorker) await receive({ config, log, folders, queue, models, wake: work.wake }, closing);
    log.info({ worker: isWorker }, 'started');
    return { stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function modelHashes({ rules }: GatewayConfig): Promise<Map<string, string>> {
  const entries = rules.map(
    async ({ name, model }): Promise<[string, string]> => [
      name,
      await sha256((await readModelFile(model)).bytes),
    ],
  );
  return new Map(await Promise.all(entries));
}

interface Receiving {
  readonly config: GatewayConfig;
  readonly log: GatewayLog;
  readonly folders: Folders;
  readonly queue: Queue;
  readonly models: ReadonlyMap<string, string>;
  readonly wake: () => void;
}

/** Opens the ways in; `closing` gets what ends them, in the order of opening. */
async function receive(
  { config, log, folders, queue, models, wake }: Receiving,
  closing: (() => Promise<unknown> | unknown)[],
): Promise<void> {
  const { node, watch } = config;
  const collector = await createCollector({ config, folders, queue, models, log, onReady: wake });
  const room = await watchRoom(config);
  const onImage = async (path: string): Promise<number> => {
    const accepted = await acceptImage(path, config, folders);
    if (accepted.kind === 'collected') collector.arrived(accepted.folder);
    if (accepted.kind === 'parked') log.warn({ code: accepted.code }, 'parked: image');
    const isOurs = accepted.kind !== 'parked' || accepted.code.startsWith('gateway/');
    return isOurs ? STORE_STATUS.ok : STORE_STATUS.notUnderstood;
  };
  let isStopping = false;
  const look = repeat(LOOK_MS, log, async () => {
    await room.check();
    await collector.look();
  });
  closing.push(look);
  closing.push(repeat(HOUR_MS, log, () => forgetParked(folders, config.keepParkedDays)));
  const status = async (): Promise<GatewayStatus & { collecting: number }> => ({
    collecting: collector.size(),
    ...(await statusOf(folders, queue)),
  });
  const state = () => (isStopping ? 'stopping' : room.isFull() ? 'disk full' : 'ok');
  const health = await serveHealth(config.health, () => ({ status: state() }), status).catch((cause) => {
    throw portTaken(config.health, cause);
  });
  closing.push(() => health.close());
  if (watch) {
    const lookThere = createWatch({
      config: { ...config, watch },
      folders,
      log,
      isFull: room.isFull,
      onImage,
    });
    closing.push(repeat(watch.everySeconds * 1000, log, lookThere));
  }
  if (node) {
    const there = await startDicomNode({
      node,
      incoming: folders.incoming,
      log,
      isFull: room.isFull,
      onImage,
    }).catch((cause) => {
      throw portTaken(node, cause);
    });
    closing.push(() => {
      isStopping = true;
      return there.close(GRACE_MS);
    });
  }
}

const portTaken = ({ host, port }: { host: string; port: number }, cause: Error): EnvironmentError =>
  new EnvironmentError('gateway/port', `Cannot listen on ${host}:${port} (${cause.message}).`, { cause });

async function watchRoom({
  folder,
  minFreeMb,
}: GatewayConfig): Promise<{ readonly check: () => Promise<void>; readonly isFull: () => boolean }> {
  let isFull = false;
  const check = async (): Promise<void> => {
    const { bavail, bsize } = await statfs(folder);
    isFull = bavail * bsize < minFreeMb * 2 ** 20;
  };
  await check();
  return { check, isFull: () => isFull };
}

/** Does something again and again, one after the other; what goes wrong is logged. Returns what ends it. */
function repeat(ms: number, log: GatewayLog, what: () => Promise<void>): () => Promise<void> {
  let isStopping = false;
  const pause = createPause();
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      await what().catch((error: Error & { code?: string }) =>
        log.error({ code: error.code ?? 'internal', at: shortHash(error.stack ?? '') }, 'to be tried again'),
      );
      await pause.wait(ms);
    }
  };
  const ended = loop();
  return async () => {
    isStopping = true;
    pause.cut();
    await ended;
  };
}

const statusOf = async (folders: Folders, queue: Queue): Promise<GatewayStatus> => ({
  jobs: await queue.counts(),
  dead: await queue.dead(),
  parked: await listParked(folders),
});

type Stopped = Pick<GatewaySettings, 'config' | 'log' | 'postgres'>;

/** Runs something on the queue of a gateway that does not run (or of PostgreSQL, which many may use). */
async function withQueue<T>(
  { config, log, postgres }: Stopped,
  body: (queue: Queue, folders: Folders) => Promise<T>,
): Promise<T> {
  const lock: FolderLock | undefined = postgres ? undefined : lockFolder(config.folder);
  try {
    const queue = await openQueue({ folder: config.folder, retry: config.retry, postgres }, log);
    return await body(queue, await openFolders(config.folder, false)).finally(() => queue.close());
  } finally {
    lock?.release();
  }
}

/** As a running gateway tells it, else as its folder does. @throws EnvironmentError `gateway/locked`. */
export async function gatewayStatus(
  stopped: Stopped,
): Promise<GatewayStatus & { readonly isRunning: boolean }> {
  const { health } = stopped.config;
  const running = await fetch(`http://127.0.0.1:${health.port}/status`).catch(() => undefined);
  if (running?.ok) return { isRunning: true, ...((await running.json()) as GatewayStatus) };
  return { isRunning: false, ...(await withQueue(stopped, (queue, folders) => statusOf(folders, queue))) };
}

/** Tries all dead jobs again; returns how many. @throws EnvironmentError `gateway/locked` where an embedded one runs. */
export const retryDead = (stopped: Stopped): Promise<number> =>
  withQueue(stopped, async (queue) => {
    const dead = await queue.dead();
    for (const { id, data } of dead) await queue.renew(id, data);
    return dead.length;
  });
