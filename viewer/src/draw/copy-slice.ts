import { sliceSize } from '../../../src/index.ts';
import type { Rois } from '../state/rois.svelte.ts';

/** Lays a region of one slice onto another one, as one step; other regions there stay as they are. */
export function copySlice(rois: Rois, from: number, to: number, label: number): void {
  const n = sliceSize(rois.grid);
  const stroke = rois.begin();
  for (let p = 0; p < n; p++)
    if (rois.labels[from * n + p] === label && rois.labels[to * n + p] === 0) stroke.set(to * n + p, label);
  stroke.end();
}
