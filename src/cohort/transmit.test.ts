import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { type SampleBox, TISSUE_INDEX } from './scene.ts';
import { drawTransmitField } from './transmit.ts';

describe('transmit field', () => {
  const box: SampleBox = { originMm: [-160, -100, -20], stepMm: [10, 10, 10], size: [33, 21, 5] };
  const labels = new Uint8Array(33 * 21 * 5).map((_, i) => {
    const [x, y] = [box.originMm[0] + 10 * (i % 33), box.originMm[1] + 10 * (Math.floor(i / 33) % 21)];
    return (x / 160) ** 2 + (y / 100) ** 2 < 1 ? TISSUE_INDEX.liver : TISSUE_INDEX.air;
  });

  it('has the asked mean and spread over the body, and changes over centimetres only', () => {
    for (let seed = 0; seed < 5; seed++) {
      const field = drawTransmitField(
        box,
        labels,
        { b1Mean: [0.97, 0.97], b1Sd: [0.11, 0.11] },
        createRandom(seed),
      );
      let [n, sum, square] = [0, 0, 0];
      labels.forEach((label, i) => {
        if (label === TISSUE_INDEX.air) return;
        const [x, y, z] = [
          -160 + 10 * (i % 33),
          -100 + 10 * (Math.floor(i / 33) % 21),
          -20 + 10 * Math.floor(i / 693),
        ];
        const v = field(x, y, z);
        n++;
        sum += v;
        square += v * v;
        expect(Math.abs(field(x + 1, y, z) - v)).toBeLessThan(0.02);
      });
      expect(sum / n).toBeCloseTo(0.97, 2);
      expect(Math.sqrt(square / n - (sum / n) ** 2)).toBeCloseTo(0.11, 2);
    }
  });
});
