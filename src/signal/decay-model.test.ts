import { describe, expect, it } from 'vitest';
import { cramerRaoTimeMs, DECAY_MODELS } from './decay-model.ts';

describe.each(Object.entries(DECAY_MODELS))('%s', (_, model) => {
  const values = [300, 43, 12].slice(0, model.parameters.length);

  it('has the derivatives of its signal: the error of central differences falls with the square of the step', () => {
    for (const t of [0, 10, 50]) {
      model.gradient(values, t).forEach((exact, p) => {
        const errors = [0.1, 0.05, 0.025].map((step) => {
          const moved = (sign: number): number =>
            model.signal(
              values.map((x, i) => (i === p ? x + sign * step : x)),
              t,
            );
          return Math.abs((moved(1) - moved(-1)) / (2 * step) - exact);
        });
        expect(errors[2]!).toBeLessThan(Math.max(errors[0]! / 10, 1e-10));
      });
    }
  });
});

describe('Cramér–Rao bound', () => {
  it('is that of two points in closed form', () => {
    const [y1, y2] = [300, 300 * Math.exp(-50 / 43)];
    const expected = (43 ** 2 / 50) * 5 * Math.hypot(1 / y1, 1 / y2);
    expect(cramerRaoTimeMs(DECAY_MODELS['mono-exponential'], [300, 43], [0, 50], 5)).toBeCloseTo(
      expected,
      10,
    );
  });

  it('grows when an offset has to be found as well', () => {
    const times = [0, 10, 30, 50];
    const two = cramerRaoTimeMs(DECAY_MODELS['mono-exponential'], [300, 43], times, 5);
    const three = cramerRaoTimeMs(DECAY_MODELS['offset-exponential'], [300, 43, 0], times, 5);
    expect(three).toBeGreaterThan(3 * two);
  });
});
