import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DataError } from '../core/errors.ts';
import { unwritable } from '../runtime/node/unwritable.ts';
import { attempt } from './attempt.ts';
import type { JournalEvent } from './journal.ts';
import { isAsMarked, markOutput } from './output-mark.ts';

const task = { id: 'a', needs: [], stamp: 's', input: 'in', payload: null };

function tryTo(run: (output: string) => void): {
  events: JournalEvent[];
  outcome: ReturnType<typeof attempt>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-attempt-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const events: JournalEvent[] = [];
  const output = join(folder, 'a');
  const runner = { outputOf: () => output, close: async () => {}, run: async () => run(output) };
  return { events, outcome: attempt(task, runner, (event) => events.push(event)) };
}

it('writes down when a task begins and what came of it', async () => {
  const done = tryTo((output) => {
    mkdirSync(output);
    writeFileSync(join(output, 'summary.json'), '{}');
  });
  expect(await done.outcome).toMatchObject({ kind: 'done' });
  expect(done.events.map(({ event }) => event)).toEqual(['started', 'done']);
  const failed = tryTo(() => {
    throw new DataError('input/empty', 'Nothing is there.');
  });
  expect(await failed.outcome).toEqual({ kind: 'failed', code: 'input/empty', reason: 'Nothing is there.' });
  expect(failed.events.map(({ event }) => event)).toEqual(['started', 'failed']);
});

it('stops the run at a full disk, which is no fault of the task', async () => {
  const full = tryTo((output) => {
    throw unwritable(output, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
  });
  expect(await full.outcome).toMatchObject({
    kind: 'stop',
    reason: expect.stringContaining('the disk is full'),
  });
  expect(full.events.map(({ event }) => event)).toEqual(['started']);
});

it('knows an output that is not what was written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-mark-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'summary.json'), '{}');
  writeFileSync(join(folder, 'map'), 'abc');
  const mark = markOutput(folder)!;
  expect(isAsMarked(folder, mark, true)).toBe(true);
  writeFileSync(join(folder, 'map'), 'abd');
  expect([isAsMarked(folder, mark, false), isAsMarked(folder, mark, true)]).toEqual([true, false]);
  writeFileSync(join(folder, 'summary.json'), '{ }');
  expect(isAsMarked(folder, mark, false)).toBe(false);
  rmSync(folder, { recursive: true });
  expect(isAsMarked(folder, mark, false)).toBe(false);
});
