import { describe, expect, it } from 'vitest';
import { type ColourMapName, colourIndex, colourTable, type Rgb } from './colour-maps.ts';
import { SPECIAL_COLOURS } from './slice-pixels.ts';

const NAMES: ColourMapName[] = ['viridis', 'magma', 'grey'];
const coloursOf = (name: ColourMapName): Rgb[] => {
  const table = colourTable(name);
  return Array.from({ length: 256 }, (_, i): Rgb => [table[3 * i]!, table[3 * i + 1]!, table[3 * i + 2]!]);
};

const linear = (v: number): number => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** CIELAB (D65) of linear RGB. */
function lab([r, g, b]: readonly number[]): readonly [number, number, number] {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124 * r! + 0.3576 * g! + 0.1805 * b!) / 0.95047);
  const y = f(0.2126 * r! + 0.7152 * g! + 0.0722 * b!);
  const z = f((0.0193 * r! + 0.1192 * g! + 0.9505 * b!) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);

/** Machado, Oliveira & Fernandes 2009, severity 1 (doi:10.1109/TVCG.2009.113). */
const BLINDNESS = {
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const;

describe.each(NAMES)('%s', (name) => {
  it.each(Object.entries(BLINDNESS))('gets lighter all the way (colour blindness: %s)', (_, m) => {
    const seen = coloursOf(name).map((c) => {
      const rgb = c.map(linear);
      return lab([0, 3, 6].map((r) => m[r]! * rgb[0]! + m[r + 1]! * rgb[1]! + m[r + 2]! * rgb[2]!));
    });
    // Over steps of 8 of 256: neighbours differ by rounding.
    for (let i = 8; i < 256; i++) expect(seen[i]![0]).toBeGreaterThan(seen[i - 8]![0]);
  });

  it('gets lighter evenly, above the blacks that screens do not resolve', () => {
    const lightness = coloursOf(name).map((c) => lab(c.map(linear))[0]);
    const steps = Array.from({ length: 16 }, (_, i) => lightness[i * 15 + 30]! - lightness[i * 15 + 15]!);
    const mean = steps.reduce((a, b) => a + b) / steps.length;
    for (const step of steps) expect(Math.abs(step - mean) / mean).toBeLessThan(0.3);
  });
});

describe.each([...NAMES, 'blue-orange'] as const)('%s', (name) => {
  it('contains none of the colours for cut-off, missing and masked pixels', () => {
    const labs = coloursOf(name).map((c) => lab(c.map(linear)));
    for (const special of Object.values(SPECIAL_COLOURS[name])) {
      const nearest = Math.min(...labs.map((c) => distance(c, lab(special.map(linear)))));
      expect(nearest).toBeGreaterThan(20);
    }
  });
});

it('blue-orange is dark at zero and gets lighter to both sides alike', () => {
  const lightness = coloursOf('blue-orange').map((c) => lab(c.map(linear))[0]);
  for (let i = 136; i < 256; i++) {
    expect(lightness[i]!).toBeGreaterThan(lightness[i - 8]!);
    expect(Math.abs(lightness[i]! - lightness[255 - i]!)).toBeLessThan(6);
  }
});

describe('colourIndex', () => {
  it('spreads the range evenly and keeps what lies outside at the ends', () => {
    const indices = [20, 25, 45, 64.99, 65, 90].map((v) => colourIndex(v, [25, 65]));
    expect(indices).toEqual([0, 0, 128, 255, 255, 255]);
  });
});
