import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpinLockKernel, SPIN_LOCK_MODULES, type SpinLockModule } from './spin-lock.ts';

interface Reference {
  T1s: number;
  T1rhoS: number;
  T2rhoS: number;
  FSLHz: number;
  tslMs: number[];
  rows: { tp90S: number; module: SpinLockModule; dB0Hz: number; b1: number; signal: number[] }[];
}

const reference = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../test/data/spinlock/reference.json'), 'utf8'),
) as Reference;
const liver = { t1Ms: 809, t1rhoMs: 43, t2rhoMs: 35 };
const settings = (module: SpinLockModule, pulse90Ms = 0.5) => ({
  module,
  pulse90Ms,
  spinLockFrequencyHz: 400,
});

describe('spin-lock', () => {
  it('agrees with matrix exponentials in every row of the reference', () => {
    expect(reference.rows.length).toBe(128);
    let worst = 0;
    for (const row of reference.rows) {
      const kernel = createSpinLockKernel(settings(row.module, row.tp90S * 1e3), reference.tslMs);
      kernel.setField(row.dB0Hz, row.b1);
      row.signal.forEach((expected, i) => {
        worst = Math.max(worst, Math.abs(kernel.signal(i, liver) - expected));
      });
    }
    expect(worst).toBeLessThan(1e-8);
  });

  it('is a plain decay in an ideal field', () => {
    for (const module of SPIN_LOCK_MODULES) {
      const kernel = createSpinLockKernel(settings(module), [0, 10, 50, 200]);
      kernel.setField(0, 1);
      for (const [i, t] of [0, 10, 50, 200].entries())
        expect(kernel.signal(i, liver)).toBeCloseTo(Math.exp(-t / 43), 12);
    }
  });

  it('never exceeds equilibrium and is finite in any field', () => {
    const kernels = SPIN_LOCK_MODULES.map((module) =>
      createSpinLockKernel(settings(module), [0, 10, 30, 50]),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.double({ min: -2000, max: 2000, noNaN: true }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 2, max: 300, noNaN: true }),
        (module, b0Hz, b1, t1rhoMs) => {
          const kernel = kernels[module]!;
          kernel.setField(b0Hz, b1);
          for (let i = 0; i < 4; i++) {
            const s = kernel.signal(i, { t1Ms: 1000, t1rhoMs, t2rhoMs: 0.8 * t1rhoMs });
            expect(Math.abs(s)).toBeLessThanOrEqual(1 + 1e-12);
          }
        },
      ),
      // The first example is a field whose square is no normal number.
      {
        seed: 20261124,
        numRuns: 1000,
        examples: [
          [0, -2e-162, 0, 2],
          [3, 1e-158, 1e-160, 20],
        ],
      },
    );
  });

  it.each([0, 1e-320, -2e-162, 1e-155, -1e-153, 1e-9])(
    'without transmit field nothing decays: %d Hz',
    (b0Hz) => {
      for (const module of SPIN_LOCK_MODULES) {
        const kernel = createSpinLockKernel(settings(module), [0, 10, 50]);
        kernel.setField(b0Hz, 0);
        for (let i = 0; i < 3; i++) expect(kernel.signal(i, liver)).toBeCloseTo(1, 12);
      }
    },
  );
});
