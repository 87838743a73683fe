/** The regions: a label for each voxel, a name and a colour for each label, and how to take everything back. */
import { type Grid, type Mask, voxelCount } from '../../../src/index.ts';
import type { Box } from '../draw/box.ts';
import {
  applyEdit,
  emptyHistory,
  type History,
  type Recorder,
  recordEdit,
  redone,
  type Step,
  undone,
  type VoxelEdit,
  withStep,
} from '../draw/history.ts';
import { whenIdle } from './when-idle.ts';

export interface Region {
  readonly label: number;
  readonly name: string;
  readonly colour: string;
  readonly isHidden?: boolean;
}

/** Okabe and Ito's colours for colour-blind readers, the ones that stand out on grey and on viridis first. */
export const REGION_COLOURS: readonly string[] = [
  '#ff9f1c',
  '#56b4e9',
  '#f25fb0',
  '#ffffff',
  '#d55e00',
  '#c4b5fd',
];

export interface RoiState {
  readonly labels: Uint16Array;
  readonly regions: readonly Region[];
}

/** A change of the voxels of one slice, within a box of the displayed picture. */
export interface RegionChange {
  readonly slice: number;
  readonly box: Box;
}

export interface Rois {
  readonly grid: Grid;
  readonly labels: Uint16Array;
  readonly regions: readonly Region[];
  /** Grows with every change of a voxel or region: what draws them reads it. */
  readonly version: number;
  /** Follows `version`, during a stroke a few times a second: what counts voxels reads it, so that strokes stay smooth. */
  readonly settled: number;
  /** What has changed since a version, where that is a part of the stroke that goes on; else anything may have. */
  changedSince(version: number): readonly RegionChange[] | undefined;
  /** No voxel has a label. */
  readonly isEmpty: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  active: number;
  /** The regions as the library and the command line know them; hidden ones count too. */
  mask(): Mask;
  /** Starts a stroke; changes show at once and become one step at its end. */
  begin(): Stroke;
  addRegion(): void;
  change(label: number, to: Partial<Omit<Region, 'label'>>): void;
  remove(label: number): void;
  /** Replaces everything, as one step. */
  load(state: RoiState): void;
  undo(): void;
  redo(): void;
}

export interface Stroke {
  set(index: number, label: number): void;
  /** Shows what was set so far: pixels of this box. */
  show(change: RegionChange): void;
  end(): void;
}

/** Numbers this often during a stroke read as live. */
const SETTLE_MS = 120;

function hasLabel(labels: Uint16Array): boolean {
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) return true;
  return false;
}

export function createRois(grid: Grid, initial?: RoiState): Rois {
  const labels = initial?.labels.slice() ?? new Uint16Array(voxelCount(grid));
  const first = initial?.regions ?? [newRegion([])];
  let regions = $state.raw<readonly Region[]>(first);
  let version = $state(0);
  let settled = $state(0);
  let settledAt = 0;
  let isSettling = false;
  /** Of the last stroke, a version each. */
  let changes: { readonly version: number; readonly change: RegionChange }[] = [];
  let active = $state(first[0]?.label ?? 1);
  let history = $state.raw<History<readonly Region[]>>(emptyHistory());

  const commit = (voxels: VoxelEdit | undefined, next: readonly Region[] = regions): void => {
    if (!voxels && next === regions) return;
    history = withStep(history, { voxels, before: regions, after: next });
    use(next);
  };
  const use = (next: readonly Region[]): void => {
    regions = next;
    if (!regions.some(({ label }) => label === active)) active = regions.at(-1)?.label ?? 0;
    version++;
    settled = version;
  };
  const isEmpty = $derived.by(() => {
    settled;
    return !hasLabel(labels);
  });
  /** Shows a stroke that goes on. */
  const show = (change: RegionChange): void => {
    version++;
    changes.push({ version, change });
    if (isSettling || performance.now() - settledAt < SETTLE_MS) return;
    isSettling = true;
    // The stroke is drawn first.
    whenIdle(() => {
      isSettling = false;
      settledAt = performance.now();
      settled = version;
    }, SETTLE_MS);
  };
  const replay = (
    found: [History<readonly Region[]>, Step<readonly Region[]>] | undefined,
    back: boolean,
  ): void => {
    if (!found) return;
    const [rest, step] = found;
    history = rest;
    if (step.voxels) applyEdit(labels, step.voxels, back);
    use(back ? step.before : step.after);
  };
  const editAll = (labelOf: (index: number) => number): VoxelEdit | undefined => {
    const recorder = recordEdit(labels);
    for (let i = 0; i < labels.length; i++) recorder.set(i, labelOf(i));
    return recorder.finish();
  };
  return {
    grid,
    get labels() {
      return labels;
    },
    get regions() {
      return regions;
    },
    get version() {
      return version;
    },
    get settled() {
      return settled;
    },
    get isEmpty() {
      return isEmpty;
    },
    get canUndo() {
      return history.done.length > 0;
    },
    get canRedo() {
      return history.undone.length > 0;
    },
    get active() {
      return active;
    },
    set active(label: number) {
      active = label;
    },
    mask: () => ({ grid, labels, names: new Map(regions.map(({ label, name }) => [label, name])) }),
    changedSince: (since) => {
      const later = changes.filter((c) => c.version > since);
      return later.length === version - since ? later.map(({ change }) => change) : undefined;
    },
    begin: () => {
      const recorder: Recorder = recordEdit(labels);
      changes = [];
      let isShown = true;
      return {
        set: (index, label) => {
          recorder.set(index, label);
          isShown = false;
        },
        show: (change) => {
          show(change);
          isShown = true;
        },
        end: () => {
          const voxels = recorder.finish();
          if (voxels) history = withStep(history, { voxels, before: regions, after: regions });
          if (!isShown) version++;
          settled = version;
        },
      };
    },
    addRegion: () => {
      const region = newRegion(regions);
      commit(undefined, [...regions, region]);
      active = region.label;
    },
    change: (label, to) =>
      commit(
        undefined,
        regions.map((region) => (region.label === label ? { ...region, ...to } : region)),
      ),
    remove: (label) => {
      const rest = regions.filter((region) => region.label !== label);
      commit(
        editAll((i) => (labels[i] === label ? 0 : labels[i]!)),
        rest.length > 0 ? rest : [newRegion([])],
      );
    },
    load: (state) =>
      commit(
        editAll((i) => state.labels[i]!),
        state.regions,
      ),
    undo: () => replay(undone(history), true),
    redo: () => replay(redone(history), false),
  };
}

/** The first colour that no region has; from the start again once all are taken. */
export function nextColour(regions: readonly Region[]): string {
  const used = new Set(regions.map(({ colour }) => colour));
  return (
    REGION_COLOURS.find((candidate) => !used.has(candidate)) ??
    REGION_COLOURS[regions.length % REGION_COLOURS.length]!
  );
}

function newRegion(regions: readonly Region[]): Region {
  const label = Math.max(0, ...regions.map((region) => region.label)) + 1;
  return { label, name: `Region ${label}`, colour: nextColour(regions) };
}
