/** A job of the array: does the tasks of its chunk one after the other, but for those that ended since it was submitted. */
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { RhomapError } from '../../core/errors.ts';
import { attempt } from '../attempt.ts';
import { requireJob } from '../job-folder.ts';
import { historyOf, openJournalWriter, readJournal } from '../journal.ts';
import { openRunner } from '../kinds.ts';
import { readChunk } from './array.ts';

const [folder, chunk] = process.argv.slice(2) as [string, string];

/** Nothing else can be done either: whoever follows has to know. */
function stop(code: string, reason: string): never {
  process.stderr.write(`${reason} [${code}]\n`);
  writeFileSync(`${chunk}.stop`, JSON.stringify({ code, reason }));
  process.exit(1);
}

const record = openJournalWriter(folder, `${hostname()}-${process.pid}-${Date.now()}`);
const journal = readJournal(folder);
const runner = await openRunner(requireJob(folder), folder).catch((error: Error) =>
  stop(error instanceof RhomapError ? error.code : 'internal', error.message),
);
for (const { task, nEnds } of readChunk(`${chunk}.json`)) {
  if (historyOf(journal, task).nEnds > nEnds) continue;
  const outcome = await attempt(task, runner, record);
  if (outcome.kind === 'stop') stop(outcome.code, outcome.reason);
}
await runner.close();
