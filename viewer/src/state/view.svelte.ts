/** How the user looks at a study: slice, zoom, what each pane shows, tool and cursor. Linked over all panes. */
import type { RefinementRule } from '../../../src/index.ts';
import type { Point } from '../draw/shapes.ts';
import { type ViewFrame, WHOLE_SLICE } from '../paint/view-transform.ts';
import { middleSlice } from '../study/partial.ts';
import type { Layer, Study } from '../study/study.ts';

export type Tool = 'inspect' | 'brush' | 'threshold' | 'eraser' | 'polygon' | 'freehand' | 'fill' | 'window';

/** A pixel of the displayed picture in a slice. */
export interface Place extends Point {
  readonly slice: number;
}

export interface View {
  slice: number;
  frame: ViewFrame;
  /** Layer of each pane, by identity. */
  panes: string[];
  activePane: number;
  tool: Tool;
  /** Pixels. */
  brushRadius: number;
  /** Ends of the values that the threshold brush paints where the user moved them, by layer. */
  limits: Record<string, readonly [number, number]>;
  /** Under the pointer or the keyboard's cursor. */
  cursor: Place | null;
  /** Whose decay is shown. */
  pinned: Place | null;
  /** Ends of the colours where the user moved them, by layer. */
  ranges: Record<string, readonly [number, number]>;
  /** Of maps over the first image, 0…1. */
  opacity: number;
  showsRegions: boolean;
  /** Maps show the image below where that shows air. */
  hidesAir: boolean;
  /** Corners of the outline that is being drawn, in the slice on display. */
  draft: readonly Point[];
  /** Pixels more doubtful than this are left out of the regions, ms; `null`: none. */
  thresholdMs: number | null;
}

/** What a reader says of the study as a whole. */
export interface Review {
  readonly rating: 'good' | 'usable' | 'unusable' | null;
  readonly comment: string;
}

export const NO_REVIEW: Review = { rating: null, comment: '' };

export const PANE_COUNTS = [1, 2, 4] as const;

export function createView(study: Study, saved?: View): View {
  const view: View = $state({
    slice: middleSlice(study.grid.nSlices),
    frame: WHOLE_SLICE,
    panes: defaultPanes(study, 2),
    activePane: 0,
    tool: 'inspect',
    brushRadius: 3,
    limits: {},
    cursor: null,
    pinned: null,
    ranges: {},
    opacity: 1,
    showsRegions: true,
    hidesAir: true,
    draft: [],
    thresholdMs: null,
    ...saved,
  });
  return view;
}

/** What is worth seeing first: anatomy, map, uncertainty, then whatever there is. */
export function defaultPanes({ layers, main }: Study, count: number): string[] {
  const images = layers.filter(({ group }) => group === 'images');
  const rest = layers.filter((layer) => layer.group !== 'images' && layer.map !== main);
  const order = [images[0], layers.find(({ map }) => map === main), ...rest, ...images.slice(1)];
  const ids = order.filter((layer): layer is Layer => layer !== undefined).map(({ id }) => id);
  return Array.from({ length: count }, (_, i) => ids[i % ids.length]!);
}

/** Changes the number of panes; those that stay keep what they show. */
export function setPaneCount(view: View, study: Study, count: number): void {
  const more = defaultPanes(study, 4).filter((id) => !view.panes.includes(id));
  const wanted = [...view.panes, ...more, ...defaultPanes(study, count)];
  // A single pane shows what the user worked on.
  view.panes = count === 1 ? [view.panes[view.activePane]!] : wanted.slice(0, count);
  view.activePane = Math.min(view.activePane, count - 1);
}

export const rangeOf = (view: View, layer: Layer): readonly [number, number] =>
  view.ranges[layer.id] ?? layer.range;

/** What the threshold brush paints: by default what the colours span. */
export const limitsOf = (view: View, layer: Layer): readonly [number, number] =>
  view.limits[layer.id] ?? rangeOf(view, layer);

export const isBrush = (tool: Tool): boolean => tool === 'brush' || tool === 'threshold' || tool === 'eraser';

export function moveSlice(view: View, study: Study, by: number): void {
  view.draft = [];
  view.slice = Math.max(0, Math.min(study.grid.nSlices - 1, view.slice + by));
  if (view.cursor) view.cursor = { ...view.cursor, slice: view.slice };
}

/** The refinement that the threshold means. */
export const ruleOf = ({ thresholdMs }: Pick<View, 'thresholdMs'>): RefinementRule | undefined =>
  thresholdMs === null || thresholdMs <= 0 ? undefined : { kind: 'threshold', thresholdMs, from: 'user' };
