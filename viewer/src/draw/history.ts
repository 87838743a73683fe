/** Undo and redo without limit: each step holds the voxels that it changed, before and after. */
export interface VoxelEdit {
  readonly indices: Uint32Array;
  readonly before: Uint16Array;
  readonly after: Uint16Array;
}

/** A step of the user's: voxels, the list of regions, or both. */
export interface Step<Regions> {
  readonly voxels: VoxelEdit | undefined;
  readonly before: Regions;
  readonly after: Regions;
}

export interface History<Regions> {
  readonly done: readonly Step<Regions>[];
  readonly undone: readonly Step<Regions>[];
}

export const emptyHistory = <R>(): History<R> => ({ done: [], undone: [] });

export const withStep = <R>(history: History<R>, step: Step<R>): History<R> => ({
  done: [...history.done, step],
  undone: [],
});

/** The history one step back, and the step to be taken back; `undefined` at the start. */
export function undone<R>({ done, undone: later }: History<R>): [History<R>, Step<R>] | undefined {
  const step = done.at(-1);
  return step && [{ done: done.slice(0, -1), undone: [...later, step] }, step];
}

/** The history one step on, and the step to be done again; `undefined` at the end. */
export function redone<R>({ done, undone: later }: History<R>): [History<R>, Step<R>] | undefined {
  const step = later.at(-1);
  return step && [{ done: [...done, step], undone: later.slice(0, -1) }, step];
}

/** Collects what one stroke changes, each voxel's first state kept. */
export interface Recorder {
  set(index: number, label: number): void;
  /** `undefined` where nothing changed. */
  finish(): VoxelEdit | undefined;
}

export function recordEdit(labels: Uint16Array): Recorder {
  const before = new Map<number, number>();
  return {
    set: (index, label) => {
      const old = labels[index]!;
      if (old === label) return;
      if (!before.has(index)) before.set(index, old);
      labels[index] = label;
    },
    finish: () => {
      const changed = [...before].filter(([index, old]) => labels[index] !== old);
      if (changed.length === 0) return undefined;
      const indices = Uint32Array.from(changed, ([index]) => index);
      return {
        indices,
        before: Uint16Array.from(changed, ([, old]) => old),
        after: Uint16Array.from(indices, (index) => labels[index]!),
      };
    },
  };
}

export function applyEdit(labels: Uint16Array, { indices, before, after }: VoxelEdit, back: boolean): void {
  const to = back ? before : after;
  for (let n = 0; n < indices.length; n++) labels[indices[n]!] = to[n]!;
}
