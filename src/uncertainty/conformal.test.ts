import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { conformalFactor } from './conformal.ts';

describe('conformalFactor', () => {
  it.each([
    [4, 0.8],
    [9, 0.9],
    [19, 0.95],
  ])('%i patients reach %d and no more', (nPatients, level) => {
    const scores = Float64Array.from({ length: nPatients * 10 }, (_, i) => (i % 10) + 1);
    const patients = Int32Array.from({ length: nPatients * 10 }, (_, i) => Math.floor(i / 10));
    const reached = conformalFactor(scores, patients, level);
    expect(reached).toMatchObject({ factor: 10, nPatients });
    expect(reached.reachableLevel).toBeCloseTo(level, 12);
    expect(conformalFactor(scores, patients, level + 0.001).factor).toBe(Number.POSITIVE_INFINITY);
  });

  it('covers pixels of a new patient at the asked level, though patients differ and errors are no Laplace', () => {
    const random = createRandom('conformal');
    const drawPatient = (): Float64Array => {
      const scale = Math.exp(0.5 * random.normal());
      return Float64Array.from({ length: 5 + random.integer(60) }, () => scale * Math.abs(random.normal()));
    };
    const nRepeats = 1500;
    let covered = 0;
    for (let k = 0; k < nRepeats; k++) {
      const calibration = Array.from({ length: 9 }, drawPatient);
      const scores = Float64Array.from(calibration.flatMap((p) => [...p]));
      const patients = Int32Array.from(calibration.flatMap((p, i) => [...p].map(() => i)));
      const { factor } = conformalFactor(scores, patients, 0.8);
      const test = drawPatient();
      covered += test.filter((score) => score <= factor).length / test.length / nRepeats;
    }
    expect(covered).toBeGreaterThan(0.79);
    expect(covered).toBeLessThan(0.9);
  });

  it('counts patients, not pixels', () => {
    const many = conformalFactor(
      Float64Array.of(...new Array(1000).fill(1), 5, 6, 7),
      Int32Array.of(...new Array(1000).fill(0), 1, 2, 3),
      0.6,
    );
    expect(many.factor).toBe(6);
  });

  it('refuses what it cannot use', () => {
    const code = (code: string) => expect.objectContaining({ code });
    const one = [Float64Array.of(1), Int32Array.of(0)] as const;
    expect(() => conformalFactor(...one, 1)).toThrow(code('conformal/level'));
    expect(() => conformalFactor(Float64Array.of(1, 2), one[1], 0.5)).toThrow(code('conformal/size'));
    expect(() => conformalFactor(new Float64Array(0), new Int32Array(0), 0.5)).toThrow(
      code('conformal/empty'),
    );
  });
});
