import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sliceDisplay } from '../../../src/index.ts';
import { toPicture, toScreen, viewTransform, WHOLE_SLICE, zoomedAbout } from './view-transform.ts';

const grid = {
  nColumns: 40,
  nRows: 20,
  nSlices: 1,
  affine: [-2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1],
};
const display = sliceDisplay(grid);
const pane = { width: 300, height: 500 };
const part = fc.double({ min: 0, max: 1, noNaN: true });

it('shows the whole slice, its proportions kept, in the middle', () => {
  const t = viewTransform(display, pane, WHOLE_SLICE);
  expect(t).toEqual({ scaleX: 7.5, scaleY: 11.25, left: 0, top: 137.5 });
});

it('screen and picture are each other’s inverse', () => {
  fc.assert(
    fc.property(part, part, fc.double({ min: 1, max: 20, noNaN: true }), (x, y, zoom) => {
      const t = viewTransform(display, pane, { zoom, centre: { x: 0.3, y: 0.7 } });
      const back = toPicture(t, toScreen(t, { x: 40 * x, y: 20 * y }));
      expect(back.x).toBeCloseTo(40 * x, 8);
      expect(back.y).toBeCloseTo(20 * y, 8);
    }),
  );
});

it('zooming leaves the point under the pointer where it is', () => {
  const about = { x: 0.6, y: 0.45 };
  const zoomed = zoomedAbout(WHOLE_SLICE, 2.5, about);
  const where = (frame: typeof zoomed): { x: number; y: number } =>
    toScreen(viewTransform(display, pane, frame), { x: 40 * about.x, y: 20 * about.y });
  expect(where(zoomed).x).toBeCloseTo(where(WHOLE_SLICE).x, 8);
  expect(where(zoomed).y).toBeCloseTo(where(WHOLE_SLICE).y, 8);
});
