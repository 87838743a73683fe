import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { imageShift } from './image-shift.ts';
import { checkFeatures, fitInputRanges, worstCheck } from './input-checks.ts';
import type { Features } from './input-features.ts';
import { checkProtocol } from './protocol-check.ts';

const patients = (seed: string, n: number): Features[][] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => {
    const own = random.normal();
    return Array.from({ length: 3 }, () => ({
      bodyRatio: 0.3 + 0.02 * (own + random.normal()),
      shiftPixels: 0.5 * random.uniform(),
      regionCoarseMs: 43 + 3 * own + random.normal(),
      regionCutShare: 0,
    }));
  });
};

describe('input checks', () => {
  const ranges = fitInputRanges(patients('calibration', 200));

  it('let nearly all good patients pass', () => {
    const flagged = patients('new', 400).filter(
      (own) => worstCheck(own.map((f) => checkFeatures(f, ranges))).verdict !== 'in range',
    );
    expect(flagged.length / 400).toBeLessThan(0.06);
  });

  it('say what is unusual, how much, and refuse what is far off', () => {
    const good = patients('one', 1)[0]![0]!;
    expect(checkFeatures(good, ranges)).toEqual({ verdict: 'in range', reasons: [] });
    const spleen = checkFeatures({ ...good, regionCoarseMs: 57 }, ranges);
    expect(spleen.verdict).toBe('unusual');
    expect(spleen.reasons[0]).toMatch(/coarse T1rho of the region .*: 57\.0 ms, usual 3\d\.\d–[45]\d\.\d ms/);
    const swapped = checkFeatures({ ...good, bodyRatio: 3.3, regionCoarseMs: 57 }, ranges);
    expect(swapped.verdict).toBe('refuse');
    expect(swapped.reasons[0]).toMatch(/check times and order/);
    expect(swapped.reasons.length).toBe(2);
    expect(checkFeatures({ ...good, regionCutShare: 0.4 }, ranges).verdict).toBe('refuse');
  });

  it('call a feature without a number unusual, never in range', () => {
    const check = checkFeatures({ ...patients('one', 1)[0]![0]!, bodyRatio: Number.NaN }, ranges);
    expect(check.verdict).toBe('refuse');
    expect(check.reasons[0]).toMatch(/there is no number/);
  });

  it('ask of the region only where there is one', () => {
    const { bodyRatio, shiftPixels } = patients('one', 1)[0]![0]! as Record<string, number>;
    expect(checkFeatures({ bodyRatio: bodyRatio!, shiftPixels: shiftPixels! }, ranges).verdict).toBe(
      'in range',
    );
  });
});

describe('imageShift', () => {
  it('finds how far two images of different contrast lie apart, and no shift where there is none', () => {
    const n = 96;
    const blob = (dx: number, scale: number): Float32Array =>
      Float32Array.from({ length: n * n }, (_, p) => {
        const [x, y] = [(p % n) - 48 - dx, Math.floor(p / n) - 48];
        if (Math.hypot(x, 1.3 * y) > 34) return 0;
        return scale * (Math.hypot(x + 8, y) < 15 ? 1 : Math.hypot(x - 14, y - 6) < 7 ? 0.2 : 0.6);
      });
    expect(imageShift(blob(0, 1), blob(0, 0.4), n, n)).toBeLessThan(0.3);
    for (const shift of [2, 4, 6])
      expect(Math.abs(imageShift(blob(0, 1), blob(shift, 0.4), n, n) - shift)).toBeLessThan(0.7);
  });

  it('says nothing of images too small to be shifted', () => {
    expect(imageShift(new Float32Array(256), new Float32Array(256), 16, 16)).toBe(0);
  });
});

describe('checkProtocol', () => {
  const info = { coarseTslMs: [0, 50] as const, pixelMm: 1.5 };
  it.each([
    [[0, 50], 1.5, 'in range'],
    [[0.5, 50], 0.86, 'in range'],
    [[0, 40], 1.5, 'unusual'],
    [[10, 60], 1.5, 'unusual'],
    [[0, 50], 3, 'unusual'],
    [[0, 30], 1.5, 'refuse'],
    [[0, 100], 3, 'refuse'],
  ] as const)('calls TSL %j at %d mm %s', (tsl, mm, verdict) => {
    const check = checkProtocol(info, tsl, [mm, mm]);
    expect(check.verdict).toBe(verdict);
    expect(check.reasons.length > 0).toBe(verdict !== 'in range');
  });
});
