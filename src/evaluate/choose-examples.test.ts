import { expect, it } from 'vitest';
import { chooseExamples } from './choose-examples.ts';
import type { ExperimentEvaluation } from './experiment-evaluation.ts';

it('chooses the lower median slice of each fold by LBRU', () => {
  const slice = (id: string, fold: number, targetPercent: number | null): unknown => ({
    id,
    patient: id,
    fold,
    targetPercent,
  });
  const method = (name: string, slices: unknown[]): unknown => ({ method: name, title: name, slices });
  const evaluation = {
    nFolds: 3,
    methods: [
      method('lbru', [
        slice('a', 0, 5),
        slice('b', 0, 1),
        slice('c', 0, 3),
        slice('d', 1, 9),
        slice('e', 1, 8),
        // Not a number is null in a stored record.
        slice('f', 2, null),
      ]),
      method('lbudr', [slice('z', 0, 0)]),
    ],
  } as unknown as ExperimentEvaluation;
  expect(chooseExamples(evaluation).map(({ id, name }) => [id, name])).toEqual([
    ['c', 'fold-1'],
    ['e', 'fold-2'],
  ]);
  expect(chooseExamples({ ...evaluation, methods: [evaluation.methods[1]!] }).map((e) => e.id)).toEqual([
    'z',
  ]);
});
