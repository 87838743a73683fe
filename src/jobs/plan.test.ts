import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planJob } from './plan.ts';
import { createSchedule } from './schedule.ts';
import type { Planned, Task } from './task.ts';

const task = (id: string, needs: readonly string[] = []): Task => ({
  ...{ id, needs, stamp: 's', input: `in/${id}`, payload: null },
});

it('plans 100,000 subjects within 500 MB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-plan-'));
  try {
    mkdirSync(join(folder, 'subjects'));
    function* found(): Generator<Planned> {
      for (let i = 0; i < 100_000; i++) yield { kind: 'task', task: task(`sub-${i}`) };
    }
    const plan = await planJob(found(), new Map(), { outputOf: (id) => join(folder, 'subjects', id) });
    expect(plan).toMatchObject({ nDone: 0, failures: [] });
    expect(plan.todo).toHaveLength(100_000);
    expect(process.memoryUsage().rss).toBeLessThan(500e6);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Graphs whose tasks need only earlier ones, shuffled. */
const graphs = fc
  .array(fc.array(fc.nat(1000), { maxLength: 3 }), { minLength: 1, maxLength: 40 })
  .map((rows) =>
    rows.map((needs, i) => task(`t${i}`, i === 0 ? [] : [...new Set(needs.map((n) => `t${n % i}`))])),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

it('runs every task once, after what it needs; what needs a failed one never', () => {
  fc.assert(
    fc.property(graphs, fc.func(fc.boolean()), (tasks, fails) => {
      const schedule = createSchedule(tasks);
      const [done, failed, lost] = [new Set<string>(), new Set<string>(), new Set<string>()];
      for (let next = schedule.next(); next; next = schedule.next()) {
        expect(done.has(next.id) || lost.has(next.id)).toBe(false);
        for (const need of next.needs) expect(done).toContain(need);
        const isDone = !fails(next.id);
        (isDone ? done : failed).add(next.id);
        for (const given of schedule.finish(next, isDone)) lost.add(given.id);
      }
      expect(schedule.nWaiting).toBe(0);
      expect(done.size + failed.size + lost.size).toBe(tasks.length);
      for (const { id, needs } of tasks)
        expect(lost.has(id)).toBe(needs.some((need) => failed.has(need) || lost.has(need)));
    }),
  );
});

it('refuses tasks that wait for each other', () => {
  expect(() => createSchedule([task('a', ['b']), task('b', ['a'])])).toThrow('2 tasks wait for each other');
});
