import { expect, it } from 'vitest';
import type { ExperimentEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { verdicts } from './verdicts.ts';

const method = (name: string, mean: number, truth?: number, more: object = {}): unknown => ({
  ...{ method: name, title: name.toUpperCase(), target: { mean } },
  ...(truth !== undefined && { truth: { mean: truth } }),
  ...more,
});

const judge = (uce: number, relative: number, perfect: number, fall: readonly [number, number]): object => ({
  uncertainty: {
    uce: { std: uce, perfect: { mean: 0.07, standardDeviation: 0.02 } },
    ause: { relative, perfect },
    refinement: {
      ...{
        before: { mean: 1.14 },
        after: { mean: 1.06 },
        keptShare: 0.9,
        byPatient: { p: 1e-9 },
        bySlice: { p: 0 },
      },
      reductionPercent: { estimate: fall[0], bca: [fall[1], 20] },
    },
  },
});

const answers = (methods: unknown[], floor?: number): boolean[] =>
  verdicts({
    methods,
    ...(floor !== undefined && { floor: { mean: floor } }),
  } as unknown as ExperimentEvaluation).map(({ holds }) => holds);

it('answers yes where the paper’s numbers come out, and no where one method misses', () => {
  const paper = [
    method('coarse', 4.88, 6),
    method('bm3d', 4.82, 6),
    method('lbr', 2.71, 4),
    method('lbru', 2.8, 4.2, judge(0.09, 0.5, 0.46, [7, 3])),
    method('lbmc', 4.28, 5),
    method('lbudr', 2.62, 4),
  ];
  expect(answers(paper, 2.5)).toEqual([true, true, true, true, true, true, true]);
  const worse = paper.with(3, method('lbru', 3.1, 4.8, judge(0.2, 0.6, 0.46, [7, -1])));
  expect(answers(worse, 2.5)).toEqual([false, false, false, true, false, false, false]);
});

it('does not call an uncertainty good that hardly varies, and ranks like chance', () => {
  expect(answers([method('lbru', 2.8, undefined, judge(0.05, 1, 0.99, [7, 3]))])).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it('asks only what can be answered', () => {
  expect(answers([method('coarse', 4.9)])).toEqual([]);
  expect(answers([method('coarse', 4.9), method('lbr', 2.7)])).toEqual([true]);
});
