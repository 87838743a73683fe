/**
 * What is to be mapped, kept through any kill: pg-boss on an embedded PostgreSQL (PGlite) in a folder that one process owns,
 * or on a PostgreSQL server that several share. A job's id says what it is, so that one series is one job however often it
 * comes.
 */
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite, PgBoss } from 'pg-boss';
import { EnvironmentError } from '../../core/errors.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayLog } from './log.ts';

export interface JobData {
  readonly rule: string;
  /** Series or study UID. */
  readonly group: string;
  readonly nImages: number;
}

export interface Job {
  readonly id: string;
  readonly data: JobData;
  /** From 1. */
  readonly attempt: number;
}

export interface Reason {
  readonly code: string;
  readonly message: string;
}

export const JOB_STATES = ['created', 'retry', 'active', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A job that failed for good: what was tried, and why it failed at last. */
export interface DeadJob {
  readonly id: string;
  readonly data: JobData;
  readonly attempts: number;
  readonly reason: Reason;
}

export interface Queue {
  /** False where it was there already, in whatever state. */
  add(id: string, data: JobData): Promise<boolean>;
  next(): Promise<Job | undefined>;
  /** Says that a job is still being worked on; without it for half a minute it goes back. */
  keep(id: string): Promise<void>;
  done(id: string, result: object): Promise<void>;
  /** Tried again later, ever later, until it is dead. */
  failed(id: string, reason: Reason): Promise<void>;
  state(id: string): Promise<JobState | undefined>;
  /** Makes a job new, whatever became of it. */
  renew(id: string, data: JobData): Promise<void>;
  counts(): Promise<Record<JobState, number>>;
  dead(): Promise<DeadJob[]>;
  close(): Promise<void>;
}

const NAME = 'rhomap-map';
const HEARTBEAT_SECONDS = 30;
const YEAR_SECONDS = 365 * 86_400;
/** No job takes longer. */
const EXPIRE_SECONDS = 3600;

export interface QueueSettings {
  /** Of the gateway; the embedded queue lies in it. */
  readonly folder: string;
  readonly retry: GatewayConfig['retry'];
  /** Connection string of a PostgreSQL server; embedded where absent. */
  readonly postgres?: string | undefined;
}

/** @throws EnvironmentError `gateway/queue`. */
export async function openQueue(settings: QueueSettings, log: GatewayLog): Promise<Queue> {
  const { folder, retry, postgres } = settings;
  try {
    const embedded = postgres ? undefined : await PGlite.create(join(folder, 'queue'));
    const boss = new PgBoss({
      ...(embedded ? { db: fromPglite(embedded), backend: 'pglite' } : { connectionString: postgres! }),
      schedule: false,
      superviseIntervalSeconds: 10,
      monitorIntervalSeconds: 10,
    });
    boss.on('error', ({ message }) => log.error({ code: 'gateway/queue', message }, 'queue'));
    await boss.start();
    await boss.createQueue(NAME, {
      ...{ retryLimit: retry.limit, retryDelay: retry.firstSeconds, retryDelayMax: retry.maxSeconds },
      ...{ retryBackoff: true, heartbeatSeconds: HEARTBEAT_SECONDS, expireInSeconds: EXPIRE_SECONDS },
      // What was mapped stays known, so that it is not mapped again.
      ...{ retentionSeconds: YEAR_SECONDS, deleteAfterSeconds: YEAR_SECONDS },
    });
    return queueOf(boss, async () => {
      await boss.stop({ graceful: false });
      await embedded?.close();
    });
  } catch (cause) {
    // The message of a driver may hold the connection string.
    const where = postgres ? 'on the PostgreSQL server of RHOMAP_QUEUE_URL' : `in ${folder}`;
    const code = (cause as { code?: string }).code;
    throw new EnvironmentError(
      'gateway/queue',
      `The queue ${where} cannot be opened${code ? ` (${code})` : ''}.`,
      {
        cause,
      },
    );
  }
}

function queueOf(boss: PgBoss, close: () => Promise<void>): Queue {
  const rows = async <T>(sql: string): Promise<T[]> =>
    (await boss.getDb().executeSql(sql, [NAME])).rows as T[];
  const state = async (id: string): Promise<JobState | undefined> =>
    (await boss.findJobs(NAME, { id }))[0]?.state;
  return {
    add: async (id, data) => (await boss.send(NAME, data, { id })) !== null,
    next: async () => {
      const [job] = await boss.fetch<JobData>(NAME, { includeMetadata: true });
      return job && { id: job.id, data: job.data, attempt: job.retryCount + 1 };
    },
    keep: async (id) => void (await boss.touch(NAME, id)),
    done: async (id, result) => void (await boss.complete(NAME, id, result)),
    failed: async (id, reason) => void (await boss.fail(NAME, id, reason)),
    state,
    renew: async (id, data) => {
      if ((await state(id)) !== undefined) await boss.deleteJob(NAME, id);
      await boss.send(NAME, data, { id });
    },
    counts: async () => {
      const found = await rows<{ state: JobState; n: number }>(
        'SELECT state::text, count(*)::int AS n FROM pgboss.job WHERE name = $1 GROUP BY state',
      );
      const byState = new Map(found.map((row) => [row.state, row.n]));
      return Object.fromEntries(JOB_STATES.map((s) => [s, byState.get(s) ?? 0])) as Record<JobState, number>;
    },
    dead: async () =>
      (
        await rows<{ id: string; data: JobData; retry_count: number; output: Partial<Reason> | null }>(
          "SELECT id, data, retry_count, output FROM pgboss.job WHERE name = $1 AND state = 'failed' ORDER BY created_on",
        )
      ).map(({ id, data, retry_count, output }) => ({
        ...{ id, data, attempts: retry_count + 1 },
        reason: {
          code: output?.code ?? 'gateway/lost',
          message: output?.message ?? 'It did not come to an end.',
        },
      })),
    close,
  };
}
