import { describe, expect, it } from 'vitest';
import { edgeProfile, type LabelledSlice } from './edge-profile.ts';

const n = 96;
const pixelMm = 1.5;

/** A disc of tissue 1 in tissue 2 whose border has the given profile over the distance to it, mm. */
function disc(profile: (mm: number) => number): LabelledSlice {
  const distance = Float64Array.from(
    { length: n * n },
    (_, i) => pixelMm * (Math.hypot((i % n) - 47.3, Math.floor(i / n) - 48.6) - 25),
  );
  return {
    n,
    pixelMm,
    labels: Uint8Array.from(distance, (d) => (d < 0 ? 1 : 2)),
    image: Float32Array.from(distance, profile),
  };
}

/** Logistic step: 90 % to 10 % over 2·ln 9 widths. */
const step = (width: number) => (mm: number) => 300 + 500 / (1 + Math.exp(mm / width));

describe('edge profile', () => {
  it.each([0.8, 1.2])('measures the width of a known border (%s mm)', (width) => {
    const edge = edgeProfile(disc(step(width)), 1, 2)!;
    // Places are pixels next to the border, so the mean profile is wider by a pixel's fraction.
    const known = 2 * Math.log(9) * width;
    expect(edge.widthMm).toBeGreaterThan(known);
    expect(edge.widthMm).toBeLessThan(known + 0.6);
    expect(Math.abs(edge.overshoot)).toBeLessThan(0.01);
    expect(edge.nPlaces).toBeGreaterThan(80);
  });

  it('sees ringing', () => {
    const ringing = disc((mm) => step(0.8)(mm) + 60 * Math.exp(-(((mm + 3) / 1.2) ** 2)));
    expect(edgeProfile(ringing, 1, 2)!.overshoot).toBeGreaterThan(0.05);
  });

  it('says nothing of tissues that do not touch, or hardly', () => {
    const slice = disc(step(1));
    expect(edgeProfile(slice, 1, 3)).toBeUndefined();
    expect(
      edgeProfile({ ...slice, labels: slice.labels.map((l, i) => (i % 3 === 0 ? 4 : l)) }, 1, 2),
    ).toBeUndefined();
  });
});
