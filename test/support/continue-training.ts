/**
 * A new process for `src/training/trainer.test.ts`: restores a checkpoint, makes some steps and writes another.
 * Arguments: the two files, which training, its first step and the one before which it ends.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { makeSteps, type RunName, trainerOf } from './training-run.ts';

const [before, after, name, from, to] = process.argv.slice(2) as [string, string, RunName, string, string];
const trainer = await trainerOf(name, 'another seed');
trainer.restore(readFileSync(before));
await makeSteps(trainer, Number(from), Number(to), name);
writeFileSync(after, trainer.stateBytes());
await trainer.close();
