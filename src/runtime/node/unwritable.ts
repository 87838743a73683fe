import { EnvironmentError } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/**
 * Runs what writes into `path`, as the user named it.
 * @throws EnvironmentError `output/unwritable` that says why the system refused.
 */
export async function orEnvironmentError<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code ?? ''] ?? message;
    throw new EnvironmentError('output/unwritable', `Cannot write ${path}: ${reason}.`, { cause: error });
  }
}
