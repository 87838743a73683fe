/** The process behind `pool.ts`: runs the tasks it is sent, and ends when the sender does. */
import { hostname } from 'node:os';
import process from 'node:process';
import { RhomapError } from '../../core/errors.ts';
import { attempt, type Outcome } from '../attempt.ts';
import { requireJob } from '../job-folder.ts';
import { openJournalWriter } from '../journal.ts';
import { openRunner } from '../kinds.ts';
import type { Runner, Task } from '../task.ts';

const folder = process.argv[2]!;
const record = openJournalWriter(folder, `${hostname()}-${process.pid}-${Date.now()}`);

// Ctrl-C reaches the whole group: the sender decides what to finish.
process.on('SIGINT', () => {});
// Also where the sender was killed: what is half done lies aside and is never seen.
process.on('disconnect', () => process.exit());

let runner: Promise<Runner> | undefined;

process.on('message', async (task: Task) => {
  runner ??= openRunner(requireJob(folder), folder);
  const outcome: Outcome = await runner.then(
    (open) => attempt(task, open, record),
    (error: Error) => ({
      kind: 'stop',
      code: error instanceof RhomapError ? error.code : 'internal',
      reason: error.message,
    }),
  );
  process.send!(outcome);
});
