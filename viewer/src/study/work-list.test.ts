import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mostDoubtfulFirst, type WorkItem, workItem } from './work-list.ts';

const region = (nVoxels: number, mean: number, deviationMs: number): object => ({
  ...{ label: 1, nVoxels },
  before: { mean, intervals: [{ of: 'target', deviationMs, levels: [] }] },
});

it('takes the verdict, and mean and error of the largest region over all slices', () => {
  const regions = [{ ...region(900, 99, 9), slice: 0 }, region(20, 50, 3), region(700, 41, 1.5)];
  const summary = { results: { check: { verdict: 'unusual', reasons: ['noise'] }, regions } };
  expect(workItem('a/', JSON.stringify(summary))).toEqual({
    ...{ folder: 'a/', verdict: 'unusual', reasons: ['noise'], meanMs: 41, errorMs: 1.5 },
  });
});

it('says nothing of a summary that cannot be read', () => {
  for (const text of ['', 'null', '{"results":{"regions":7}}', '{"results":{"regions":[{}]}}'])
    expect(workItem('a/', text)).toMatchObject({ folder: 'a/', verdict: null, meanMs: null });
});

it('orders any list by verdict, then by error', () => {
  const item = fc.record({
    folder: fc.string(),
    verdict: fc.constantFrom('refuse', 'unusual', 'in range', null),
    errorMs: fc.option(fc.double({ min: 0, max: 9, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const sorted = mostDoubtfulFirst(items.map((i) => ({ ...i, reasons: [], meanMs: null }) as WorkItem));
      const rank = ['refuse', 'unusual', 'in range', null];
      for (let i = 1; i < sorted.length; i++) {
        const [a, b] = [sorted[i - 1]!, sorted[i]!];
        const [ra, rb] = [rank.indexOf(a.verdict), rank.indexOf(b.verdict)];
        expect(ra < rb || (ra === rb && (a.errorMs ?? -1) >= (b.errorMs ?? -1))).toBe(true);
      }
    }),
  );
});
