/**
 * One request to a DICOMweb server, over Node's `http` and `https`: unlike `fetch` they take client certificates, follow
 * no redirect with a login, unpack nothing (no compressed bomb), and give the answer as it comes. What goes wrong is said
 * in words.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataError, EnvironmentError, OptionError } from '../../core/errors.ts';
import type { Login } from './login.ts';

export interface DicomWebServer {
  /** Base address, with `/` at its end. */
  readonly url: URL;
  readonly login: Login;
  /** Ms without a byte after which a server counts as gone. */
  readonly idleMs: number;
}

export const IDLE_MS = 60_000;

export interface ServerSettings {
  /** A login may go to another machine without encryption. */
  readonly plainHttp?: boolean;
  readonly idleMs?: number;
}

/** @throws OptionError `pacs/address`, `pacs/secret-in-address`, `pacs/plain-http`. */
export function dicomWebServer(address: string, login: Login, settings: ServerSettings = {}): DicomWebServer {
  const url = URL.parse(address.endsWith('/') ? address : `${address}/`);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new OptionError(
      'pacs/address',
      `${withoutLogin(address)} is no address of a DICOMweb server; give one like https://pacs.example/dicom-web.`,
    );
  if (url.username !== '' || url.password !== '')
    throw new OptionError(
      'pacs/secret-in-address',
      'An address must not hold a login, which others on this machine would see; use the environment or --login.',
    );
  const isHere = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (login.authorization && url.protocol === 'http:' && !isHere && !settings.plainHttp)
    throw new OptionError(
      'pacs/plain-http',
      `${url.origin} is not encrypted: anyone on the way could read the login; use https, or pass --plain-http where the network is trusted.`,
    );
  return { url, login, idleMs: settings.idleMs ?? IDLE_MS };
}

const withoutLogin = (address: string): string => address.replace(/\/\/[^/@]*@/, '//');

export interface DicomWebRequest {
  readonly method: 'GET' | 'POST';
  /** Relative to the base address. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array>;
  /** Statuses that are answers; others throw. */
  readonly expected: readonly number[];
}

/**
 * The answer, whose body must be read or destroyed.
 * @throws EnvironmentError `pacs/unreachable`, `pacs/tls`, `pacs/login`, `pacs/refused`, `pacs/redirect`;
 *   DataError `pacs/not-found`.
 */
export async function ask(server: DicomWebServer, wanted: DicomWebRequest): Promise<IncomingMessage> {
  const url = new URL(wanted.path, server.url);
  if (wanted.query) url.search = wanted.query.toString();
  const { authorization, tls } = server.login;
  const options: RequestOptions & Login['tls'] = {
    method: wanted.method,
    // A connection is used once: a hostile or restarted server spoils no later request.
    agent: false,
    headers: { ...wanted.headers, 'accept-encoding': 'identity', ...(authorization && { authorization }) },
    ...(url.protocol === 'https:' && tls),
  };
  const response = await exchange(server, url, options, wanted.body);
  const status = response.statusCode ?? 0;
  if (wanted.expected.includes(status)) return response;
  const said = await firstWords(response);
  throw refusal(server, status, said);
}

function exchange(
  server: DicomWebServer,
  url: URL,
  options: RequestOptions,
  body: AsyncIterable<Uint8Array> | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(inWords(server, cause));
    let hasAnswer = false;
    const onAnswer = (response: IncomingMessage): void => {
      hasAnswer = true;
      resolve(response);
    };
    try {
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, onAnswer);
      request.setTimeout(server.idleMs, () => request.destroy(new TimeoutError()));
      request.on('error', fail);
      if (!body) request.end();
      else
        pipeline(Readable.from(body, { objectMode: false }), request).catch((cause: Error) => {
          // A server may answer before it has read everything: then its answer counts.
          if (!hasAnswer) fail(cause);
        });
    } catch (cause) {
      fail(cause);
    }
  });
}

class TimeoutError extends Error {}

const TLS_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'UNKNOWN_AUTHORITY',
  SELF_SIGNED_CERT_IN_CHAIN: 'UNKNOWN_AUTHORITY',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'UNKNOWN_AUTHORITY',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'UNKNOWN_AUTHORITY',
  UNABLE_TO_GET_ISSUER_CERT: 'UNKNOWN_AUTHORITY',
  CERT_HAS_EXPIRED: 'its certificate has expired; its owner must renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; use the name that the certificate has',
  ERR_OSSL_BAD_DECRYPT: 'the passphrase does not open the key of the login',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'certificate and key of the login do not belong together',
};
const UNKNOWN_AUTHORITY =
  'its certificate is signed by nobody known here; name the certificate of its authority as "authority" in the login';
const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNREFUSED: 'nothing answers at that port',
  ECONNRESET: 'it broke off the connection',
  EPIPE: 'it broke off the connection',
  EHOSTUNREACH: 'no way leads to that machine',
  ENETUNREACH: 'no way leads to that machine',
  ETIMEDOUT: 'it does not answer',
};

/** What the system said, as a sentence about the server. Errors that are in words already pass through. */
export function inWords(server: DicomWebServer, cause: unknown): Error {
  if (cause instanceof EnvironmentError || cause instanceof DataError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const who = server.url.origin;
  const say = (kind: string, reason: string): EnvironmentError =>
    new EnvironmentError(kind, `${who}: ${reason}.`, { cause });
  if (cause instanceof TimeoutError)
    return say('pacs/unreachable', `nothing came for ${server.idleMs / 1000} s; try again later`);
  const tls = TLS_REASONS[code];
  if (tls) return say('pacs/tls', tls === 'UNKNOWN_AUTHORITY' ? UNKNOWN_AUTHORITY : tls);
  if (/wrong version number|packet length too long/.test(message))
    return say('pacs/tls', 'it does not speak TLS at this port; is it http:// instead of https://?');
  if (/certificate required|bad certificate|handshake failure/i.test(message))
    return say(
      'pacs/tls',
      'it asks for a client certificate that it knows; give certificate and key in the login',
    );
  if (/^(ERR_SSL|ERR_OSSL|ERR_TLS|EPROTO)/.test(code))
    return say('pacs/tls', `TLS fails (${message.trim()})`);
  if (code.startsWith('HPE_')) return say('pacs/unreachable', 'what it answers is not HTTP');
  return say('pacs/unreachable', NETWORK_REASONS[code] ?? message);
}

function refusal(server: DicomWebServer, status: number, said: string): Error {
  const who = server.url.origin;
  if (status === 401)
    return new EnvironmentError(
      'pacs/login',
      server.login.authorization
        ? `${who} does not accept this login; check user and password, or the token.`
        : `${who} wants a login; set RHOMAP_PACS_USER and RHOMAP_PACS_PASSWORD (or _TOKEN), or pass --login FILE.`,
    );
  if (status === 403)
    return new EnvironmentError('pacs/login', `${who} does not allow this to the login that was given.`);
  if (status === 404)
    return new DataError('pacs/not-found', `${who} has nothing there; check UIDs and address.`);
  if (status >= 300 && status < 400)
    return new EnvironmentError(
      'pacs/redirect',
      `${who} leads on to another address, which is not followed with a login; give the address it leads to.`,
    );
  return new EnvironmentError('pacs/refused', `${who} refuses with status ${status}${said && ` (${said})`}.`);
}

const MAX_SAID = 200;

/** The beginning of what a server says, harmless on a terminal. */
async function firstWords(response: IncomingMessage): Promise<string> {
  let said = '';
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      said += chunk.toString('latin1');
      if (said.length > MAX_SAID) break;
    }
  } catch {
    // What came before counts.
  }
  return printable(said)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_SAID);
}

/** Text from elsewhere without control characters, which could do anything on a terminal. */
export const printable = (value: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  value.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]+/g, ' ');

/**
 * A small answer whole. A length that is stated is believed only to refuse it.
 * @throws DataError `pacs/too-large`.
 */
export async function readBounded(
  server: DicomWebServer,
  response: IncomingMessage,
  maxBytes: number,
): Promise<Buffer> {
  refuseStatedLength(server, response, maxBytes);
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > maxBytes) throw tooLarge(server, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw inWords(server, error);
  }
  return Buffer.concat(chunks);
}

export function refuseStatedLength(
  server: DicomWebServer,
  response: IncomingMessage,
  maxBytes: number,
): void {
  if (!(Number(response.headers['content-length'] ?? 0) > maxBytes)) return;
  response.destroy();
  throw tooLarge(server, maxBytes);
}

export const tooLarge = (server: DicomWebServer, maxBytes: number): DataError =>
  new DataError(
    'pacs/too-large',
    `${server.url.origin} sends more than the ${(maxBytes / 2 ** 30).toPrecision(2)} GiB that are allowed; ask for less, or allow more.`,
  );
