/** What dragging with each tool does, from the press to the release; points are pixels of the picture. */
import type { SliceDisplay } from '../../../src/index.ts';
import { boxAround } from '../draw/box.ts';
import { type Point, visitFlood, visitPolygon, visitStroke } from '../draw/shapes.ts';
import { clamped, type Transform } from '../paint/view-transform.ts';
import { voxelAt } from '../paint/voxel-at.ts';
import type { Workplace } from '../state/context.ts';
import { limitsOf, rangeOf } from '../state/view.svelte.ts';
import type { Layer } from '../study/study.ts';

export interface Gesture {
  /** `moved` is the way since the press in CSS pixels. */
  move(to: Point, moved: Point): void;
  end(): void;
}

/** Where a gesture happens. */
export interface Scene extends Workplace {
  readonly display: SliceDisplay;
  readonly transform: Transform;
  readonly layer: Layer;
}

/** Sets voxels of the slice on display, as one step. */
function draw(scene: Scene, label: number, visitAll: (visit: (x: number, y: number) => void) => void): void {
  const { study, view, rois, display } = scene;
  const stroke = rois.begin();
  visitAll((x, y) => {
    const index = voxelAt(study.grid, display, { x, y, slice: view.slice });
    if (index !== undefined) stroke.set(index, label);
  });
  stroke.end();
}

/** The brush, the threshold brush (only values within its limits) or the eraser, whichever is taken. */
export function brush(scene: Scene, from: Point): Gesture {
  const { study, view, rois, display, layer } = scene;
  const label = view.tool === 'eraser' ? 0 : rois.active;
  const { values } = layer.map;
  const [low, high] = limitsOf(view, layer);
  // Erasing and painting go on as they began, whatever key is pressed meanwhile.
  const isLimited = view.tool === 'threshold';
  const stroke = rois.begin();
  const { slice } = view;
  let last = from;
  const to = (point: Point): void => {
    visitStroke(display, last, point, view.brushRadius, (x, y) => {
      const voxel = voxelAt(study.grid, display, { x, y, slice })!;
      if (!isLimited || (values[voxel]! >= low && values[voxel]! <= high)) stroke.set(voxel, label);
    });
    stroke.show({ slice, box: boxAround(display, last, point, view.brushRadius + 1) });
    last = point;
  };
  to(from);
  return { move: to, end: stroke.end };
}

export function freehand(scene: Scene, from: Point): Gesture {
  const { view } = scene;
  view.draft = [from];
  return {
    move: (point) => {
      view.draft = [...view.draft, point];
    },
    end: () => closeOutline(scene),
  };
}

/** Fills the outline that was drawn with the active region. */
export function closeOutline(scene: Scene): void {
  const { view, rois, display } = scene;
  const corners = view.draft;
  view.draft = [];
  draw(scene, rois.active, (visit) => visitPolygon(display, corners, visit));
}

/** Gives all pixels that hang together with this one, and carry its label, to the active region. */
export function fill(scene: Scene, at: Point): void {
  const { study, view, rois, display } = scene;
  const labelAt = (x: number, y: number): number =>
    rois.labels[voxelAt(study.grid, display, { x, y, slice: view.slice })!]!;
  const start = labelAt(Math.floor(at.x), Math.floor(at.y));
  const reached: (readonly [number, number])[] = [];
  visitFlood(
    display,
    at,
    (x, y) => labelAt(x, y) === start,
    (x, y) => reached.push([x, y]),
  );
  draw(scene, rois.active, (visit) => {
    for (const [x, y] of reached) visit(x, y);
  });
}

export function pan({ view, display, transform }: Scene): Gesture {
  const start = view.frame;
  return {
    move: (_, moved) => {
      view.frame = clamped({
        zoom: start.zoom,
        centre: {
          x: start.centre.x - moved.x / (display.width * transform.scaleX),
          y: start.centre.y - moved.y / (display.height * transform.scaleY),
        },
      });
    },
    end: () => {},
  };
}

/** Part of the colours' span per CSS pixel. */
const WINDOW_SPEED = 0.004;

/** Sideways: width of the colours' range; up and down: its middle. */
export function windowLevel({ view, layer }: Scene): Gesture {
  const [low, high] = rangeOf(view, layer);
  const [middle, width] = [(low + high) / 2, high - low];
  return {
    move: (_, moved) => {
      const half = (width * Math.exp(moved.x * WINDOW_SPEED)) / 2;
      const centre = middle + moved.y * WINDOW_SPEED * width;
      view.ranges = { ...view.ranges, [layer.id]: [centre - half, centre + half] };
    },
    end: () => {},
  };
}
