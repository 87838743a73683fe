/** What a gateway is told in its file: who may send, what is a T1rho series, where results go. Checked whole before it starts. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';
import { TSL_SOURCES, type TslSource } from '../../pipeline/inputs/candidate.ts';
import { DEFAULT_MODEL } from '../../runtime/node/models.ts';
import { type Match, regexOf } from './rules.ts';

/** A server of DICOMweb. */
export interface ServerConfig {
  readonly url: string;
  /** File of the login, beside the gateway's own. */
  readonly login?: string | undefined;
  readonly plainHttp: boolean;
}

/** What is a T1rho series, and what its times are. */
export interface Rule {
  readonly name: string;
  /** Regular expressions; all that are given must be found in the image, in upper or lower case. */
  readonly match: Match;
  /** Spin-lock times in the order of the images, ms; or where the images tell them. */
  readonly tslMs?: readonly number[] | undefined;
  readonly tslFrom?: TslSource | undefined;
  readonly mapFromMs?: readonly [number, number] | undefined;
  /** What belongs together: images of one series, or of one study (one series per time or slice). */
  readonly per: 'series' | 'study';
  /** Where it is known, a series is complete with it, without waiting. */
  readonly nSlices?: number | undefined;
  readonly model: string;
}

/** A DICOM node: where it listens, and to whom. */
export interface NodeConfig {
  readonly port: number;
  readonly host: string;
  readonly aeTitle: string;
  /** Who may send; with an address only from there. */
  readonly peers: readonly { readonly aeTitle: string; readonly address?: string | undefined }[];
  readonly maxAssociations: number;
  readonly maxInstanceMb: number;
  /** Without anything new from a sender for so long, it is cut off. */
  readonly idleSeconds: number;
}

/** A server that is looked at again and again. */
export interface WatchConfig extends ServerConfig {
  readonly everySeconds: number;
  /** Studies of today and of so many days before, today counted. */
  readonly days: number;
  /** Of one series. */
  readonly maxGb: number;
}

/** Another node, and the name that the gateway has for it. */
export interface StoreTarget {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
  readonly callingAeTitle: string;
}

export interface GatewayConfig {
  /** Where images wait, and the queue lies. */
  readonly folder: string;
  readonly node?: NodeConfig | undefined;
  readonly watch?: WatchConfig | undefined;
  readonly rules: readonly Rule[];
  readonly send: { readonly stow: ServerConfig } | { readonly store: StoreTarget };
  readonly health: { readonly port: number; readonly host: string };
  /** Without a new image for so long, a series is looked at. */
  readonly quietSeconds: number;
  /** A series that is not whole after so long is parked. */
  readonly partialSeconds: number;
  readonly keepParkedDays: number;
  /** Below this much room on the disk nothing is taken. */
  readonly minFreeMb: number;
  readonly retry: { readonly limit: number; readonly firstSeconds: number; readonly maxSeconds: number };
}

const LOOPBACK = '127.0.0.1';
const port = z.int().min(1).max(65_535);
/** PS3.5, table 6.2-1: up to 16 characters, no backslash. */
const aeTitle = z.string().regex(/^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/, 'must be a DICOM AE title');
const pattern = z.string().refine((text) => regexOf(text) !== undefined, 'must be a regular expression');
const server = z.strictObject({
  url: z.string(),
  login: z.string().optional(),
  plainHttp: z.boolean().default(false),
});

const rule = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'must be of letters, digits and hyphens'),
    match: z
      .strictObject({
        seriesDescription: pattern.optional(),
        protocolName: pattern.optional(),
        sequenceName: pattern.optional(),
        manufacturer: pattern.optional(),
      })
      .refine((match) => Object.keys(match).length > 0, 'needs at least one pattern'),
    tslMs: z.array(z.number().min(0)).min(2).optional(),
    tslFrom: z.enum(TSL_SOURCES).optional(),
    mapFromMs: z.tuple([z.number(), z.number()]).optional(),
    per: z.enum(['series', 'study']).default('series'),
    nSlices: z.int().min(1).optional(),
    model: z.string().default(DEFAULT_MODEL),
  })
  .refine(
    ({ tslMs, tslFrom }) => (tslMs === undefined) !== (tslFrom === undefined),
    'needs tslMs or tslFrom',
  );

const configSchema: z.ZodType<GatewayConfig> = z
  .strictObject({
    schemaVersion: z.literal(1),
    folder: z.string(),
    node: z
      .strictObject({
        port,
        host: z.string().default(LOOPBACK),
        aeTitle,
        peers: z.array(z.strictObject({ aeTitle, address: z.string().optional() })).min(1),
        maxAssociations: z.int().min(1).default(16),
        maxInstanceMb: z.int().min(1).max(2047).default(512),
        idleSeconds: z.number().positive().default(60),
      })
      .optional(),
    watch: server
      .extend({
        everySeconds: z.number().positive().default(60),
        days: z.int().min(1).default(2),
        maxGb: z.int().min(1).default(16),
      })
      .optional(),
    rules: z.array(rule).min(1),
    send: z.union([
      z.strictObject({ stow: server }),
      z.strictObject({ store: z.strictObject({ host: z.string(), port, aeTitle, callingAeTitle: aeTitle }) }),
    ]),
    health: z
      .strictObject({ port, host: z.string().default(LOOPBACK) })
      .default({ port: 8117, host: LOOPBACK }),
    quietSeconds: z.number().positive().default(60),
    partialSeconds: z.number().positive().default(1800),
    keepParkedDays: z.number().positive().default(30),
    minFreeMb: z.number().min(0).default(1024),
    retry: z
      .strictObject({
        limit: z.int().min(0).default(20),
        firstSeconds: z.int().min(1).default(5),
        maxSeconds: z.int().min(1).default(600),
      })
      .default({ limit: 20, firstSeconds: 5, maxSeconds: 600 }),
  })
  .refine(({ node, watch }) => node !== undefined || watch !== undefined, 'needs node or watch')
  .refine(
    ({ rules }) => new Set(rules.map(({ name }) => name)).size === rules.length,
    'has two rules of one name',
  );

/** @throws OptionError `gateway/config`. */
export async function readConfig(path: string): Promise<GatewayConfig> {
  const problem = (message: string): OptionError => new OptionError('gateway/config', `${path}: ${message}.`);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw problem(`cannot be read (${error.message})`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw problem(`is no JSON (${(error as Error).message})`);
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem(`${issue!.path.join('.') || 'the whole'}: ${issue!.message}`);
  }
  return absolute(parsed.data, dirname(resolve(path)));
}

/** Paths in the file are relative to it. */
function absolute(config: GatewayConfig, base: string): GatewayConfig {
  const login = <T extends ServerConfig>(one: T): T =>
    one.login === undefined ? one : { ...one, login: resolve(base, one.login) };
  return {
    ...config,
    folder: resolve(base, config.folder),
    ...(config.watch && { watch: login(config.watch) }),
    rules: config.rules.map((one) => ({
      ...one,
      model: one.model.endsWith('.onnx') ? resolve(base, one.model) : one.model,
    })),
    send: 'stow' in config.send ? { stow: login(config.send.stow) } : config.send,
  };
}
