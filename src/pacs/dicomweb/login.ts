/** Who asks a PACS: secrets come from the environment or from a file that nobody else can read, never from a command line. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { OptionError } from '../../core/errors.ts';

/** How a server is told who asks; empty for one that does not want to know. */
export interface Login {
  /** Value of the HTTP header `Authorization`. */
  readonly authorization?: string;
  /** For TLS: own certificate and key, and the authority that the server's certificate is checked against. */
  readonly tls: {
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly passphrase?: string;
    readonly ca?: Buffer;
  };
}

const FIELDS = ['user', 'password', 'token', 'certificate', 'key', 'passphrase', 'authority'] as const;
type Field = (typeof FIELDS)[number];
type LoginFields = Partial<Record<Field, string>>;
const loginSchema = z.partialRecord(z.enum(FIELDS), z.string().min(1));

/** A field can also be given as an environment variable, which goes before the file. */
const variableOf = (field: Field): string => `RHOMAP_PACS_${field.toUpperCase()}`;

/**
 * @param file JSON with any of `user` and `password` (basic), `token` (bearer), `certificate` and `key` with its
 *   `passphrase` (PEM files, relative to it), `authority`.
 * @throws OptionError `pacs/login-file`, `pacs/login-open`, `pacs/login-fields`.
 */
export async function readLogin(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Login> {
  const fields = file === undefined ? {} : await readLoginFile(file);
  for (const field of FIELDS) {
    const value = environment[variableOf(field)];
    if (value) fields[field] = value;
  }
  return loginOf(fields);
}

async function readLoginFile(file: string): Promise<LoginFields> {
  const problem = (message: string, cause?: unknown): OptionError =>
    new OptionError('pacs/login-file', `The login file ${file} ${message}.`, { cause });
  const info = await stat(file).catch((error: Error) => {
    throw problem(`cannot be read (${error.message})`, error);
  });
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0)
    throw new OptionError(
      'pacs/login-open',
      `Others can read the login file ${file}; run "chmod 600 ${file}" first.`,
    );
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw problem(`cannot be read (${error.message})`, error);
  });
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    // The parser's own message would quote the secret.
    throw problem('is no JSON');
  }
  const parsed = loginSchema.safeParse(json);
  if (!parsed.success) throw problem(`must be an object with texts for any of ${FIELDS.join(', ')}`);
  const fields: LoginFields = { ...parsed.data };
  for (const field of ['certificate', 'key', 'authority'] as const)
    if (fields[field] !== undefined) fields[field] = resolve(dirname(file), fields[field]);
  return fields;
}

async function loginOf(fields: LoginFields): Promise<Login> {
  const both = (a: keyof LoginFields, b: keyof LoginFields): void => {
    if ((fields[a] === undefined) !== (fields[b] === undefined))
      throw new OptionError('pacs/login-fields', `A login needs ${a} and ${b} together; give both or none.`);
  };
  both('user', 'password');
  both('certificate', 'key');
  if (fields.user !== undefined && fields.token !== undefined)
    throw new OptionError('pacs/login-fields', 'A login is either user and password or a token; give one.');
  const pem = (path: string): Promise<Buffer> =>
    readFile(path).catch((cause: Error) => {
      throw new OptionError('pacs/login-file', `Cannot read ${path} for the login (${cause.message}).`, {
        cause,
      });
    });
  const basic = fields.user && `Basic ${Buffer.from(`${fields.user}:${fields.password}`).toString('base64')}`;
  const authorization = basic || (fields.token && `Bearer ${fields.token}`);
  if (authorization && /[\r\n]/.test(authorization))
    throw new OptionError('pacs/login-fields', 'A token is one line; the one given has several.');
  return {
    ...(authorization && { authorization }),
    tls: {
      ...(fields.certificate && { cert: await pem(fields.certificate) }),
      ...(fields.key && { key: await pem(fields.key) }),
      ...(fields.passphrase && { passphrase: fields.passphrase }),
      ...(fields.authority && { ca: await pem(fields.authority) }),
    },
  };
}
