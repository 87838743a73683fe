/** Where a job runs, for commands over many patients: this machine, or a Slurm cluster. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SlurmSettings } from '../jobs/slurm/array.ts';
import { wholeNumber } from './flags.ts';

export interface SlurmFlags {
  readonly on: 'local' | 'slurm';
  readonly partition?: string;
  readonly account?: string;
  readonly time?: string;
  readonly memory: number;
  readonly chunk: number;
  readonly sbatch: readonly string[];
  readonly workers?: number;
}

export const addSlurmFlags = (declared: Command): Command =>
  declared
    .addOption(
      new Option('--on <where>', 'run on this machine, or submit to a Slurm cluster')
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .option('--partition <name>', 'Slurm: partition', oneWord)
    .option('--account <name>', 'Slurm: account', oneWord)
    .option('--time <limit>', 'Slurm: limit of a chunk, e.g. 2:00:00', oneWord)
    .option('--memory <size>', 'Slurm: memory of a chunk, doubled where it dies of it', megabytes, 2000)
    .option('--chunk <n>', 'Slurm: subjects of a chunk', wholeNumber, 50)
    .option(
      '--sbatch <option>',
      "Slurm: one more option of sbatch, e.g. --sbatch='--qos=low'; may be repeated",
      (text: string, before: readonly string[]) => [...before, oneLine(text)],
      [],
    );

export const slurmSettings = (flags: SlurmFlags): SlurmSettings => ({
  ...(flags.partition !== undefined && { partition: flags.partition }),
  ...(flags.account !== undefined && { account: flags.account }),
  ...(flags.time !== undefined && { time: flags.time }),
  ...(flags.workers !== undefined && { maxRunning: flags.workers }),
  ...{ memoryMb: flags.memory, chunk: flags.chunk, more: flags.sbatch },
});

function oneWord(text: string): string {
  if (/^[^\s'"]+$/.test(text)) return text;
  throw new InvalidArgumentError('Give one word.');
}

function oneLine(text: string): string {
  if (/^-[^\n]+$/.test(text)) return text;
  throw new InvalidArgumentError('Give an option with its dashes, e.g. --qos=low.');
}

/** Megabytes of `2G`, `2000M` or `2000`, as Slurm reads them. */
function megabytes(text: string): number {
  const [, number, unit = 'M'] = /^(\d+)([MG]?)B?$/i.exec(text) ?? [];
  const size = Number(number) * (unit.toUpperCase() === 'G' ? 1024 : 1);
  if (size > 0) return size;
  throw new InvalidArgumentError('Give a size in M or G, e.g. 2G.');
}
