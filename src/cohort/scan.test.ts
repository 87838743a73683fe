import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { createSpinLockKernel } from '../signal/spin-lock.ts';
import type { PatientFields } from './fields.ts';
import { builtInPreset, changeParameters, type ParameterChanges } from './preset.ts';
import { createReadout } from './readout.ts';
import { scanSlice } from './scan.ts';
import { type SliceScene, TISSUE_INDEX, TISSUES } from './scene.ts';
import type { PatientTissues } from './tissue.ts';

const N = 128;
const SNR = 20;

/** A square of liver in air. */
function squareOfLiver(): SliceScene {
  const liver = Float32Array.from({ length: N * N }, (_, i) => {
    const [x, y] = [i % N, Math.floor(i / N)];
    return x >= 32 && x < 96 && y >= 32 && y < 96 ? 1 : 0;
  });
  return {
    ...{ zMm: 0, thicknessMm: 7, nRows: N, nColumns: N, pixelSizeMm: 3 },
    fractions: new Map([
      [TISSUE_INDEX.liver, liver],
      [TISSUE_INDEX.air, liver.map((f) => 1 - f)],
    ]),
    liverT1rhoFactor: new Float32Array(N * N).fill(1),
    fastShareFactor: new Float32Array(N * N).fill(1),
    signalTexture: new Float32Array(N * N),
  };
}

const tissues: PatientTissues = TISSUES.map((name) => ({
  ...{
    signal: name === 'liver' ? 1 : 0,
    t1rhoMs: 43,
    t2Ms: 34,
    t1Ms: 809,
    fastShare: 0,
    fastT1rhoMs: 6,
    textureSd: 0,
  },
}));
const quiet: ParameterChanges = {
  variation: { gainSdFirst: 0, gainSdLast: 0, smoothSd: 0, bloodSd: 0, cardiacSd: 0 },
  receive: { shading: 0 },
};

function scan(changes: ParameterChanges, airFactor = 1, moves = false) {
  const parameters = changeParameters(builtInPreset('paper'), {
    ...quiet,
    grid: { objectMatrix: N, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
    noise: { snrLogSdSlices: 0, gFactor: 0 },
    ...changes,
  });
  const fields: PatientFields = {
    onPlane: () => ({ b0Hz: new Float32Array(N * N), b1: new Float32Array(N * N).fill(1) }),
  };
  const { spinLock } = parameters;
  const setup = {
    ...{ parameters, tissues, fields, snr: SNR, airFactor, moves, given: [0, 3] },
    kernel: createSpinLockKernel(spinLock, spinLock.tslMs),
    readout: createReadout(parameters.grid, parameters.readout),
  };
  return scanSlice(squareOfLiver(), setup, createRandom(1));
}

/** Moments over a corner of 12×12 pixels without object, or over the middle of the liver, in many draws. */
function moments(
  image: (draw: number) => Float32Array,
  from: number,
  to: number,
  draws = 60,
): [number, number] {
  let [n, sum, square] = [0, 0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const values = image(draw);
    for (let row = from; row < to; row++)
      for (let column = from; column < to; column++) {
        const v = values[row * 64 + column]!;
        n++;
        sum += v;
        square += v * v;
      }
  }
  const mean = sum / n;
  return [mean, Math.sqrt(square / n - mean * mean)];
}

describe('scan of a slice', () => {
  it('has Rician magnitudes: Rayleigh in air, nearly normal with the asked SNR in liver', () => {
    const slice = scan({});
    const [airMean, airSd] = moments((draw) => slice.image(3, draw), 1, 8);
    expect(airMean / slice.sigma).toBeCloseTo(Math.sqrt(Math.PI / 2), 1);
    expect(airSd / slice.sigma).toBeCloseTo(Math.sqrt(2 - Math.PI / 2), 1);
    const [liver] = moments((draw) => slice.image(0, draw), 28, 36);
    // Single pixels over draws: the SD must not contain the image's own ringing.
    const pixels = Array.from({ length: 200 }, (_, draw) => slice.image(0, draw)[32 * 64 + 32]!);
    const mean = pixels.reduce((a, b) => a + b) / pixels.length;
    const sd = Math.sqrt(pixels.reduce((s, v) => s + (v - mean) ** 2, 0) / pixels.length);
    expect(sd / slice.sigma).toBeGreaterThan(0.85);
    expect(sd / slice.sigma).toBeLessThan(1.15);
    expect(liver / slice.sigma).toBeGreaterThan(0.9 * SNR);
    expect(liver / slice.sigma).toBeLessThan(1.1 * SNR);
  });

  it('decays as the tissue does, and its ideal images are free of noise', () => {
    const slice = scan({ noise: { snr: 1e4 } });
    const ideal = slice.idealImages();
    const at = (t: number) => ideal[t * 64 * 64 + 32 * 64 + 32]!;
    expect(at(3) / at(0)).toBeCloseTo(Math.exp(-50 / 43), 4);
    expect(slice.idealImages()).toEqual(ideal);
  });

  it('blanks air as the vendor does', () => {
    const zero = scan({}, 0).image(0, 0);
    expect(zero[65]).toBe(0);
    const quietAir = scan({}, 1 / 17);
    const [mean] = moments((draw) => quietAir.image(0, draw), 1, 5, 5);
    expect(mean).toBeGreaterThan(0);
    expect(mean / quietAir.sigma).toBeLessThan(0.1);
  });

  it('gives the same image again, another one for another draw, and draws no image from another', () => {
    const [a, b] = [scan({}), scan({})];
    const first = a.image(1, 0).slice();
    a.image(2, 5);
    expect(a.image(1, 0)).toEqual(first);
    expect(b.image(1, 0)).toEqual(first);
    expect(a.image(1, 1)).not.toEqual(first);
  });

  it('moves the body in one image of a patient who moves, by some pixels', () => {
    const shift = { motion: { probability: 1, minPixels: 3, maxPixels: 3 }, noise: { snr: 1e4, gFactor: 0 } };
    const [still, moving] = [scan(shift), scan(shift, 1, true)];
    const changed = [0, 1, 2, 3].filter((t) => {
      const [x, y] = [still.image(t, 0), moving.image(t, 0)];
      const worst = x.reduce((m, v, i) => Math.max(m, Math.abs(v - y[i]!)), 0);
      return worst > 0.3 * Math.max(...x);
    });
    expect(changed.length).toBe(1);
  });
});
