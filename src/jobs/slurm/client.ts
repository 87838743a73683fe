/** Slurm by its commands: sbatch, squeue, scancel, sinfo. No accounting (`sacct`) is needed, which many clusters lack. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EnvironmentError, OptionError } from '../../core/errors.ts';

/** An element of a job array, as the queue has it. */
export interface QueuedChunk {
  /** Name of the array's job. */
  readonly array: string;
  /** Its number in the array; NaN for a range of them that ended before it began. */
  readonly chunk: number;
  /** Slurm's word, e.g. PENDING. */
  readonly state: string;
  /** That ended it; 9 where Slurm itself killed it for its memory. */
  readonly signal: number;
}

/** States that nothing follows (squeue(1), job state codes). */
const ENDED: ReadonlySet<string> = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED'],
  ...['NODE_FAIL', 'OUT_OF_MEMORY', 'PREEMPTED', 'TIMEOUT'],
]);

export const hasEnded = ({ state }: QueuedChunk): boolean => ENDED.has(state);

/** Submits a script. @throws OptionError `slurm/refused`; EnvironmentError `slurm/missing`, `slurm/unreachable`. */
export async function submit(script: string, partition: string | undefined): Promise<void> {
  try {
    await call('sbatch', ['--parsable', script]);
  } catch (error) {
    if (partition === undefined || !isAboutPartition(error)) throw error;
    const known = await call('sinfo', ['--noheader', '--format=%R']).catch(() => '');
    const names = [...new Set(known.split('\n').filter(Boolean))].join(', ') || 'sinfo lists them';
    throw new OptionError(
      'slurm/refused',
      `This cluster has no partition ${partition}; its partitions: ${names}.`,
    );
  }
}

const isAboutPartition = (error: unknown): boolean =>
  error instanceof OptionError && /invalid partition/i.test(error.message);

/**
 * What the queue holds of job arrays, by their names, those that ended lately included: one that is not there has ended.
 * @throws as `submit`.
 */
export async function lookUp(names: readonly string[]): Promise<QueuedChunk[]> {
  if (names.length === 0) return [];
  const text = await call('squeue', [
    ...['--noheader', '--array', '--states=all', `--name=${names.join(',')}`],
    '--Format=Name:40,ArrayTaskID:40,State:24,exit_code:20',
  ]);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [array = '', chunk, state = '', status] = line.trim().split(/\s+/);
      // As wait(2) has it: the low seven bits are the signal.
      return { array, chunk: Number(chunk), state, signal: Number(status) & 0x7f };
    });
}

/** @throws as `submit`. */
export const cancel = (names: readonly string[]): Promise<string> =>
  call('scancel', [`--name=${names.join(',')}`]);

const MAX_SECONDS = 120;

async function call(program: string, args: readonly string[]): Promise<string> {
  try {
    const limits = { timeout: 1000 * MAX_SECONDS, maxBuffer: 2 ** 28 };
    return (await promisify(execFile)(program, [...args], limits)).stdout;
  } catch (cause) {
    throw told(program, cause as NodeJS.ErrnoException & { stderr?: string; killed?: boolean });
  }
}

function told(program: string, cause: NodeJS.ErrnoException & { stderr?: string; killed?: boolean }): Error {
  if (cause.code === 'ENOENT')
    return new EnvironmentError(
      'slurm/missing',
      `There is no ${program} on this machine: --on slurm is for those from which jobs are submitted.`,
      { cause },
    );
  const said = (cause.stderr ?? '').trim().replaceAll(/^(\w+: )?error: /gm, '');
  const text = said.split('\n').join('; ') || cause.message;
  if (cause.killed || /contact slurm|timed out|connect failure|zero bytes/i.test(said))
    return new EnvironmentError('slurm/unreachable', `Slurm does not answer (${text}).`, { cause });
  return new OptionError('slurm/refused', `Slurm refuses this by ${program}: ${text}.`, { cause });
}
