import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyEdit, emptyHistory, type History, recordEdit, redone, undone, withStep } from './history.ts';

/** Strokes as lists of (voxel, label) over a small image. */
const strokes = fc.array(fc.array(fc.tuple(fc.nat(19), fc.nat(3)), { maxLength: 8 }), { maxLength: 12 });

it('undoing everything gives the empty image, redoing everything the drawn one', () => {
  fc.assert(
    fc.property(strokes, (all) => {
      const labels = new Uint16Array(20);
      let history: History<null> = emptyHistory();
      for (const stroke of all) {
        const recorder = recordEdit(labels);
        for (const [index, label] of stroke) recorder.set(index, label);
        const voxels = recorder.finish();
        if (voxels) history = withStep(history, { voxels, before: null, after: null });
      }
      const drawn = labels.slice();
      for (let back = undone(history); back; back = undone(history)) {
        history = back[0];
        applyEdit(labels, back[1].voxels!, true);
      }
      expect([...labels]).toEqual([...new Uint16Array(20)]);
      expect(undone(history)).toBeUndefined();
      for (let on = redone(history); on; on = redone(history)) {
        history = on[0];
        applyEdit(labels, on[1].voxels!, false);
      }
      expect([...labels]).toEqual([...drawn]);
    }),
  );
});

it('a new step after undo forgets what was undone', () => {
  const step = { voxels: undefined, before: 0, after: 1 };
  const [back] = undone(withStep(emptyHistory<number>(), step))!;
  expect(redone(withStep(back, { ...step, after: 2 }))).toBeUndefined();
});

it('a stroke that changes nothing in the end is no step', () => {
  const labels = Uint16Array.of(1, 0);
  const recorder = recordEdit(labels);
  recorder.set(0, 1);
  recorder.set(1, 2);
  recorder.set(1, 0);
  expect(recorder.finish()).toBeUndefined();
});
