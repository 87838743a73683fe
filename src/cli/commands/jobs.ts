import { hostname } from 'node:os';
import { Command } from 'commander';
import { OptionError } from '../../core/errors.ts';
import { requireJob } from '../../jobs/job-folder.ts';
import { readJournal } from '../../jobs/journal.ts';
import { type Lock, readLock } from '../../jobs/lock.ts';
import { markCancelled, openArrays } from '../../jobs/slurm/array.ts';
import { cancel, hasEnded, lookUp } from '../../jobs/slurm/client.ts';
import { type CommandDefinition, type CommandGroup, command } from '../command.ts';
import { textTable } from '../table.ts';

const statusCommand: CommandDefinition = {
  declare: () =>
    command('jobs status', 'How far the work in a folder is, and who is at it.', [
      'rhomap jobs status mapped',
      'rhomap jobs status mapped --json',
    ]).argument('<dir>', 'output folder of the job'),
  run: async ([folder], _flags, { terminal }) => {
    const { kind } = requireJob(folder!);
    const histories = [...readJournal(folder!).values()];
    const nDone = histories.filter(({ done }) => done).length;
    const nFailed = histories.filter(({ done, failed }) => failed && !done).length;
    const lock = readLock(folder!);
    const slurm = await slurmOf(folder!);
    terminal.result(
      textTable(
        ['job', kind],
        [
          ['done', String(nDone)],
          ['failed', String(nFailed)],
          ['at work', whoIsAtWork(lock, slurm)],
        ],
      ),
    );
    terminal.json({ kind, nDone, nFailed, running: lock ?? null, slurm: slurm ?? null });
  },
};

interface SlurmCounts {
  readonly nRunning: number;
  readonly nWaiting: number;
}

/** Jobs of a folder in the queue; `undefined` where it has none. */
async function slurmOf(folder: string): Promise<SlurmCounts | undefined> {
  const queue = await lookUp(openArrays(folder).map(({ name }) => name));
  const nWaiting = queue.filter(({ state }) => state === 'PENDING').length;
  const nRunning = queue.filter((chunk) => !hasEnded(chunk)).length - nWaiting;
  return nWaiting + nRunning > 0 ? { nRunning, nWaiting } : undefined;
}

function whoIsAtWork(lock: Lock | undefined, slurm: SlurmCounts | undefined): string {
  const process = lock ? [`process ${lock.pid} on ${lock.host}`] : [];
  const jobs = slurm ? [`Slurm: ${slurm.nRunning} running, ${slurm.nWaiting} waiting`] : [];
  return [...process, ...jobs].join('; ') || 'nobody';
}

const cancelCommand: CommandDefinition = {
  declare: () =>
    command('jobs cancel', 'Stops the work in a folder; what is done stays.', [
      'rhomap jobs cancel mapped',
    ]).argument('<dir>', 'output folder of the job'),
  run: async ([folder], _flags, { terminal }) => {
    requireJob(folder!);
    const lock = readLock(folder!);
    const arrays = openArrays(folder!).map(({ name }) => name);
    if (arrays.length > 0) {
      markCancelled(folder!, arrays);
      // Who follows them sees it at the next look, or now. Before anything is waited for: a look could end that process.
      if (lock?.host === hostname()) process.kill(lock.pid, 'SIGINT');
      await cancel(arrays);
      terminal.result('the jobs on Slurm are cancelled');
      terminal.json({ cancelled: arrays });
      return;
    }
    if (!lock)
      throw new OptionError('jobs/idle', `Nobody is at work in ${folder}: there is nothing to stop.`);
    if (lock.host !== hostname())
      throw new OptionError(
        'jobs/elsewhere',
        `Process ${lock.pid} on ${lock.host} is at work in ${folder}; stop it from that machine.`,
      );
    process.kill(lock.pid, 'SIGINT');
    terminal.result(`process ${lock.pid} stops when its running tasks are done`);
    terminal.json({ stopping: lock.pid });
  },
};

export const jobsCommand: CommandGroup = {
  declare: () => new Command('jobs').description('Work that runs for long: how far it is, and stopping it.'),
  parts: [statusCommand, cancelCommand],
};
