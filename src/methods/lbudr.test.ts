import { expect, it } from 'vitest';
import { processLogScale } from './lbudr.ts';

it('raises S to the largest where the target is cut off and S extremely low, and nowhere else', () => {
  const logScale = Float32Array.of(-5, -5, -1, -1, 0.5);
  const targetCut = Uint8Array.of(1, 0, 1, 0, 0);
  expect([...processLogScale(logScale, { targetCut }, -3)]).toEqual([0.5, -5, -1, -1, 0.5]);
  expect(processLogScale(logScale, { targetCut }, null)).toEqual(logScale);
});
