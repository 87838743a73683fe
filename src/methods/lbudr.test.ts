import { expect, it } from 'vitest';
import { processLogScale } from './lbudr.ts';

it('raises S to the largest of the body where the target is cut off and S extremely low, and nowhere else', () => {
  const logScale = Float32Array.of(-5, -5, -1, -1, 0.5, 2);
  const planes = { targetCut: Uint8Array.of(1, 0, 1, 0, 0, 0), air: Uint8Array.of(0, 0, 0, 0, 0, 1) };
  expect([...processLogScale(logScale, planes, -3)]).toEqual([0.5, -5, -1, -1, 0.5, 2]);
  expect(processLogScale(logScale, planes, null)).toEqual(logScale);
});
