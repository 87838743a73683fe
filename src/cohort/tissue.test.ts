import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { drawParticipants, type FibrosisStage } from './participants.ts';
import { TISSUE_INDEX, TISSUES } from './scene.ts';
import { DEFAULT_TISSUE_OPTIONS, drawTissues } from './tissue.ts';

const [someone] = drawParticipants(1, { sex: { M: 1, F: 1 }, stages: [1, 0, 0, 0, 0] }, createRandom(1));
const livers = (stage: FibrosisStage, n: number): number[] =>
  Array.from({ length: n }, (_, i) => {
    const who = { ...someone!, stage, liverFatFraction: 0 };
    return drawTissues(who, DEFAULT_TISSUE_OPTIONS, createRandom(i))[TISSUE_INDEX.liver]!.t1rhoMs;
  });

describe('tissues', () => {
  it('give the liver the T1rho of its stage and the spread between patients', () => {
    for (const [stage, mean] of [
      [0, 41],
      [2, 43],
      [4, 51],
    ] as const) {
      const values = livers(stage, 2000);
      const average = values.reduce((a, b) => a + b, 0) / values.length;
      const sd = Math.sqrt(values.reduce((a, b) => a + (b - average) ** 2, 0) / values.length);
      expect(Math.abs(average - mean)).toBeLessThan(0.25);
      expect(Math.abs(sd - 2.5)).toBeLessThan(0.15);
    }
  });

  it('keep the order of brightness of a black-blood image and no value out of range', () => {
    for (let seed = 0; seed < 200; seed++) {
      const tissues = drawTissues(someone!, DEFAULT_TISSUE_OPTIONS, createRandom(seed));
      expect(tissues).toHaveLength(TISSUES.length);
      for (const t of tissues) {
        expect(t.signal).toBeGreaterThanOrEqual(0);
        for (const time of [t.t1rhoMs, t.t2Ms, t.t1Ms, t.fastT1rhoMs]) expect(time).toBeGreaterThan(0);
        expect(t.fastShare).toBeGreaterThanOrEqual(0);
        expect(t.fastShare).toBeLessThanOrEqual(0.5);
      }
      const signal = (name: (typeof TISSUES)[number]): number => tissues[TISSUE_INDEX[name]]!.signal;
      expect(signal('bile')).toBeGreaterThan(signal('liver'));
      expect(signal('liver')).toBeGreaterThan(signal('portal-vein'));
      expect(signal('lung')).toBeLessThan(0.3);
      expect(tissues[TISSUE_INDEX.bile]!.t1rhoMs).toBeGreaterThan(150);
    }
  });

  it('dim a fatty liver and lengthen its T1rho a little', () => {
    const of = (liverFatFraction: number) =>
      drawTissues({ ...someone!, liverFatFraction }, DEFAULT_TISSUE_OPTIONS, createRandom('fat'))[
        TISSUE_INDEX.liver
      ]!;
    expect(of(0.3).signal).toBeCloseTo(of(0).signal * (1 - 0.27), 6);
    expect(of(0.3).t1rhoMs - of(0).t1rhoMs).toBeCloseTo(0.6, 6);
  });
});
