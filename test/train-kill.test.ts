/** A training in a process of its own that is killed without a warning, again and again, and goes on each time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '../src/core/random.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { writeDataSet } from './support/data-set.ts';

const MAIN = join(import.meta.dirname, '../src/cli/main.ts');
const N_KILLS = 5;
const STEPS = 300;

const linesOf = (log: string): string[] =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** Starts a training and kills it after a random number of further steps and a random moment; or lets it end. */
async function liveUntilKilled(argv: readonly string[], log: string, random: Random): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const killAt = linesOf(log).length + random.integer(STEPS / N_KILLS);
  while (child.exitCode === null && linesOf(log).length < killAt) await wait(2);
  await wait(30 * random.uniform());
  child.kill('SIGKILL');
  const [, signal] = await ended;
  return signal === 'SIGKILL';
}

it('rhomap train, killed at any time and started again, ends with the same model', async () => {
  const folder = temporaryFolder();
  writeDataSet(join(folder, 'data'), 4, 32);
  const train = (study: string): string[] => [
    ...['train', '--data', join(folder, 'data'), '-o', join(folder, study), '--method', 'lbru', '--quiet'],
    ...['--preset', 'tiny', '--image-size', '32', '--steps', String(STEPS), '--validate-every', '7'],
    ...['--scale', 'warm-up', '--folds', '2', '--validation-patients', '1'],
  ];
  const file = (study: string, name: string): Buffer =>
    readFileSync(join(folder, study, 'fold-1/lbru', name));
  const whole = await rhomap(...train('whole'));
  expect(whole.code, whole.error).toBe(0);

  const random = createRandom('kills');
  const log = join(folder, 'killed/fold-1/lbru/log.jsonl');
  let nKilled = 0;
  for (let i = 0; i < N_KILLS; i++) nKilled += Number(await liveUntilKilled(train('killed'), log, random));
  expect(nKilled).toBe(N_KILLS);
  const last = await rhomap(...train('killed'));
  expect(last.code, last.error).toBe(0);

  expect(file('killed', 'model.onnx').equals(file('whole', 'model.onnx'))).toBe(true);
  expect(file('killed', 'predictions/test.rois').equals(file('whole', 'predictions/test.rois'))).toBe(true);
  const steps = (study: string): Map<number, number> =>
    new Map(
      linesOf(join(folder, study, 'fold-1/lbru/log.jsonl')).map((line) => {
        const { step, loss } = JSON.parse(line) as { step: number; loss: number };
        return [step, loss];
      }),
    );
  // Steps since the last checkpoint were made twice, with the same losses.
  expect(steps('killed')).toEqual(steps('whole'));
  expect(linesOf(log).length).toBeGreaterThan(STEPS);
}, 300_000);
