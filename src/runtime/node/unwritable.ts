import { EnvironmentError } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of that path is a file',
  ENAMETOOLONG: 'the name is too long',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** Why the system refused to write to `path`, as the user named it. */
export function unwritable(path: string, error: NodeJS.ErrnoException): EnvironmentError {
  const reason = REASONS[error.code ?? ''] ?? error.message;
  return new EnvironmentError('output/unwritable', `Cannot write ${path}: ${reason}.`, { cause: error });
}

/**
 * Runs what writes into `path`.
 * @throws EnvironmentError `output/unwritable`.
 */
export async function orEnvironmentError<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}
