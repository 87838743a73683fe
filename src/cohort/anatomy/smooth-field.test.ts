import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import type { SampleBox } from '../scene.ts';
import { createSmoothField } from './smooth-field.ts';

const plane = (box: SampleBox, seed: string, cellMm: number, weight = 1): Float32Array => {
  const out = new Float32Array(box.size[0] * box.size[1]);
  createSmoothField(createRandom(seed), cellMm).addTo(out, box, box.originMm[2], weight);
  return out;
};

describe('smooth fields', () => {
  it('have zero mean, unit variance and the stated correlation', () => {
    const cell = 4;
    const n = 800;
    const values = plane({ originMm: [-400, -400, 3], stepMm: [1, 1, 1], size: [n, n, 1] }, 'a', cell);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(variance).toBeGreaterThan(0.85);
    expect(variance).toBeLessThan(1.2);
    const lag = (k: number): number => {
      let sum = 0;
      for (let i = 0; i < values.length - k; i++) if (i % n < n - k) sum += values[i]! * values[i + k]!;
      return sum / (n * (n - k)) / variance;
    };
    // The cubic spline's own correlation at one cell, β7(1)/β7(0) = 1191/2416, and at three, 1/2416.
    expect(Math.abs(lag(4) - 1191 / 2416)).toBeLessThan(0.04);
    expect(Math.abs(lag(12))).toBeLessThan(0.04);
  });

  it('are the same field at points and over boxes, whatever the direction of sampling', () => {
    const field = createSmoothField(createRandom('b'), 20);
    const at = field.plane(-7.5);
    const values = plane({ originMm: [31, 40, -7.5], stepMm: [-2.5, -3, 1], size: [40, 50, 1] }, 'b', 20, 2);
    for (const [i, j] of [
      [0, 0],
      [13, 21],
      [39, 49],
    ] as const)
      expect(values[j * 40 + i]).toBeCloseTo(2 * at(31 - 2.5 * i, 40 - 3 * j), 5);
  });

  it('are continuous through the slices', () => {
    const field = createSmoothField(createRandom('c'), 10);
    expect(field.plane(19.9999)(3, 4)).toBeCloseTo(field.plane(20.0001)(3, 4), 4);
  });
});
