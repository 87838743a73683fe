import { describe, expect, it } from 'vitest';
import { fitSignal } from './fit-signal.ts';
import { type FitMethod, resolveFitOptions } from './options.ts';
import { createFitPlan } from './plan.ts';

const tslMs = [0, 10, 30, 50];
const fitAs = (method: FitMethod, signal: readonly number[]) =>
  fitSignal(createFitPlan(tslMs, resolveFitOptions({ method })), signal);

describe('straight lines through ln S', () => {
  it.each(['log-linear', 'weighted-log-linear'] as const)('%s returns a clean decay', (method) => {
    const found = fitAs(
      method,
      tslMs.map((t) => 500 * Math.exp(-t / 43)),
    );
    expect(found.timeMs).toBeCloseTo(43, 9);
    expect(found.s0).toBeCloseTo(500, 8);
  });

  it('weights are S²: the values of the normal equations solved by hand', () => {
    const signal = [512, 400, 230, 170];
    for (const [method, weights] of [
      ['log-linear', [1, 1, 1, 1]],
      ['weighted-log-linear', signal.map((y) => y * y)],
    ] as const) {
      const sum = (f: (t: number, l: number) => number): number =>
        tslMs.reduce((total, t, i) => total + weights[i]! * f(t, Math.log(signal[i]!)), 0);
      const [w, t1, t2, l, tl] = [
        sum(() => 1),
        sum((t) => t),
        sum((t) => t * t),
        sum((_, y) => y),
        sum((t, y) => t * y),
      ];
      expect(fitAs(method, signal).timeMs).toBeCloseTo(-(w * t2 - t1 * t1) / (w * tl - t1 * l), 8);
    }
  });

  it('leaves out signals without a logarithm', () => {
    const found = fitAs('log-linear', [500, 500 * Math.exp(-10 / 43), 0, -5]);
    expect(found.timeMs).toBeCloseTo(43, 9);
  });
});
