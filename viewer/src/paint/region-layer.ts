/**
 * The canvas of the regions, between the map and the cursor. It is drawn anew where voxels changed and nowhere else, so
 * that a stroke costs what its brush covers, not what the regions cover.
 */
import type { Grid, SliceDisplay } from '../../../src/index.ts';
import { type Box, grown, unionOf, wholeOf } from '../draw/box.ts';
import type { Region, RegionChange } from '../state/rois.svelte.ts';
import { paintRegions, paintRemoved } from './paint-pane.ts';
import { areaOf, type RegionPath, regionPaths } from './region-paths.ts';
import { type Transform, toScreen } from './view-transform.ts';
import { voxelAt } from './voxel-at.ts';

/** All that the canvas shows. */
export interface RegionScene {
  readonly version: number;
  readonly slice: number;
  readonly transform: Transform;
  readonly width: number;
  readonly height: number;
  readonly regions: readonly Region[];
  readonly active: number;
  readonly isShown: boolean;
  /** Whether a voxel of a region is left out of its refined mean; absent where nothing is. */
  readonly isLeftOut: ((voxel: number) => boolean) | undefined;
}

/** Shared by all panes: paths of a whole slice are made once for all, and once for many views of it. */
export interface RegionSource {
  readonly labels: Uint16Array;
  readonly grid: Grid;
  readonly display: SliceDisplay;
  wholeSlice(version: number, slice: number): readonly RegionPath[];
}

export function createRegionSource(labels: Uint16Array, grid: Grid, display: SliceDisplay): RegionSource {
  let made: { readonly version: number; readonly slice: number; readonly paths: RegionPath[] } | undefined;
  return {
    ...{ labels, grid, display },
    wholeSlice: (version, slice) => {
      if (made?.version !== version || made.slice !== slice)
        made = { version, slice, paths: regionPaths(labels, grid, slice, display, wholeOf(display)) };
      return made.paths;
    },
  };
}

/** Outlines reach this far beyond their pixels, CSS pixels. */
const OUTLINE_REACH = 4;

/** What has to be drawn again to come from one scene to the next: nothing (`null`), a box of the picture, or all. */
export function dirtyBox(
  before: RegionScene | undefined,
  now: RegionScene,
  changedSince: (version: number) => readonly RegionChange[] | undefined,
): Box | null | 'all' {
  if (!before) return 'all';
  const { version: _, ...look } = now;
  if (Object.entries(look).some(([key, value]) => before[key as keyof RegionScene] !== value)) return 'all';
  const changes = changedSince(before.version);
  if (!changes) return 'all';
  const boxes = changes.filter(({ slice }) => slice === now.slice).map(({ box }) => box);
  return boxes.length === 0 ? null : boxes.reduce(unionOf);
}

/** Draws the regions within a box of the picture, or all of them. */
export function paintRegionLayer(
  context: CanvasRenderingContext2D,
  source: RegionSource,
  scene: RegionScene,
  dirty: Box | 'all',
): void {
  const { transform, isShown } = scene;
  context.save();
  const box = dirty === 'all' ? wholeOf(source.display) : clipTo(context, dirty, source, transform);
  if (dirty === 'all') context.clearRect(0, 0, scene.width, scene.height);
  if (isShown) {
    const leftOut = leftOutArea(source, scene, box);
    if (leftOut) paintRemoved(context, leftOut, transform);
    const paths =
      dirty === 'all'
        ? source.wholeSlice(scene.version, scene.slice)
        : regionPaths(source.labels, source.grid, scene.slice, source.display, box);
    paintRegions(context, paths, scene.regions, transform, scene.active);
  }
  context.restore();
}

/** Confines drawing to a dirty box with its outlines, and clears it; the box whose regions reach into it. */
function clipTo(
  context: CanvasRenderingContext2D,
  dirty: Box,
  { display }: RegionSource,
  transform: Transform,
): Box {
  const ratio = window.devicePixelRatio;
  const from = toScreen(transform, { x: dirty.left, y: dirty.top });
  const to = toScreen(transform, { x: dirty.right, y: dirty.bottom });
  // Whole pixels of the screen: half of one would be blended with what was there.
  const [left, top] = [from.x, from.y].map((v) => Math.floor((v - OUTLINE_REACH) * ratio) / ratio) as [
    number,
    number,
  ];
  const [right, bottom] = [to.x, to.y].map((v) => Math.ceil((v + OUTLINE_REACH) * ratio) / ratio) as [
    number,
    number,
  ];
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.clearRect(left, top, right - left, bottom - top);
  const reach = Math.ceil((2 * OUTLINE_REACH + 1) / Math.min(transform.scaleX, transform.scaleY));
  return grown(dirty, reach, display);
}

function leftOutArea(
  { labels, grid, display }: RegionSource,
  { slice, isLeftOut }: RegionScene,
  box: Box,
): Path2D | undefined {
  if (!isLeftOut) return undefined;
  return areaOf(box, (x, y) => {
    const voxel = voxelAt(grid, display, { x, y, slice })!;
    return labels[voxel] !== 0 && isLeftOut(voxel);
  });
}
