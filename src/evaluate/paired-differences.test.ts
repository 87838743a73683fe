import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import type { MethodEvaluation, SliceEvaluation } from './experiment-evaluation.ts';
import { pairedDifferences } from './paired-differences.ts';

const N_PATIENTS = 12;

/** Slices that differ much among one another, and by `gain` on average between methods. */
function method(name: string, gain: number, { isLearned = true, hasTruth = true } = {}): MethodEvaluation {
  const slices = Array.from({ length: 3 * N_PATIENTS }, (_, s): SliceEvaluation => {
    const patient = `sub-${s % N_PATIENTS}`;
    const hardness = 5 + 2 * createRandom(`${patient} ${s}`).normal();
    const targetPercent = hardness - gain + 0.1 * createRandom(`${name} ${s}`).normal();
    return {
      ...{ id: `${patient} slice ${s}`, patient, fold: 0, nPixels: 10, errorMs: 1, targetPercent },
      ...(hasTruth && { truthPercent: targetPercent + 2 - gain }),
    };
  });
  return { method: name, title: name.toUpperCase(), slices, training: isLearned ? [{}] : [] } as never;
}

const fixed = { isLearned: false };
const named = (methods: readonly MethodEvaluation[]): string[] =>
  pairedDifferences(methods).map(({ method: a, than: b }) => `${a.method} - ${b.method}`);

describe('paired differences of RMRE', () => {
  it('compare networks with LBR, and all methods with the coarse map', () => {
    const all = [
      ...[method('coarse', 0, fixed), method('bm3d', 0, fixed)],
      ...[method('lbr', 1), method('lbru', 1), method('lbudr', 1)],
    ];
    expect(named(all)).toEqual([
      ...['lbru - lbr', 'lbudr - lbr'],
      ...['bm3d - coarse', 'lbr - coarse', 'lbru - coarse', 'lbudr - coarse'],
    ]);
    expect(named([method('lbru', 1), method('lbmc', 1)])).toEqual([]);
  });

  it('are the differences of the means, and see what the spread of slices would hide', () => {
    const [lbr, lbru] = [method('lbr', 1), method('lbru', 1.2)];
    const [{ target, truth }] = pairedDifferences([lbr, lbru]) as [ReturnType<typeof pairedDifferences>[0]];
    const mean = (m: MethodEvaluation): number =>
      m.slices.reduce((sum, s) => sum + s.targetPercent, 0) / m.slices.length;
    expect(target.mean).toBeCloseTo(mean(lbru) - mean(lbr), 10);
    expect(target.interval.bca[0]).toBeLessThan(target.mean);
    expect(target.interval.bca[1]).toBeLessThan(0);
    expect(target.interval.nPatients).toBe(N_PATIENTS);
    expect(target.byPatient.n).toBe(N_PATIENTS);
    expect(target.byPatient.meanDifference).toBeCloseTo(target.mean, 10);
    expect(target.byPatient.p).toBeLessThan(0.001);
    expect(truth!.mean).toBeCloseTo(target.mean - 0.2, 10);
  });

  it('find nothing where there is nothing, and match slices by name', () => {
    const [lbr, lbru] = [method('lbr', 1), method('lbru', 1)];
    const [{ target }] = pairedDifferences([lbr, { ...lbru, slices: lbru.slices.toReversed() }]) as [
      ReturnType<typeof pairedDifferences>[0],
    ];
    expect(Math.abs(target.mean)).toBeLessThan(0.1);
    expect(target.interval.bca[0]).toBeLessThan(0);
    expect(target.interval.bca[1]).toBeGreaterThan(0);
  });

  it('say nothing of a truth that is not known', () => {
    const pairs = pairedDifferences([method('lbr', 1, { hasTruth: false }), method('lbru', 1)]);
    expect(pairs[0]!.truth).toBeUndefined();
  });
});
