/** Between a pane's CSS pixels and the pixels of the displayed picture. */
import type { SliceDisplay } from '../../../src/index.ts';
import type { Point } from '../draw/shapes.ts';

/** What the user looks at, the same in all panes. */
export interface ViewFrame {
  /** 1: the whole slice fits the pane. */
  readonly zoom: number;
  /** Middle of the pane, as a part of the picture's width and height. */
  readonly centre: Point;
}

export const WHOLE_SLICE: ViewFrame = { zoom: 1, centre: { x: 0.5, y: 0.5 } };

export interface Transform {
  /** Screen pixels per picture pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Where the picture's corner lies on the screen. */
  readonly left: number;
  readonly top: number;
}

export function viewTransform(
  display: SliceDisplay,
  pane: { readonly width: number; readonly height: number },
  { zoom, centre }: ViewFrame,
): Transform {
  const { width, height, pixelWidthMm, pixelHeightMm } = display;
  const perMm = zoom * Math.min(pane.width / (width * pixelWidthMm), pane.height / (height * pixelHeightMm));
  const [scaleX, scaleY] = [perMm * pixelWidthMm, perMm * pixelHeightMm];
  return {
    scaleX,
    scaleY,
    left: pane.width / 2 - centre.x * width * scaleX,
    top: pane.height / 2 - centre.y * height * scaleY,
  };
}

export const toPicture = ({ scaleX, scaleY, left, top }: Transform, { x, y }: Point): Point => ({
  x: (x - left) / scaleX,
  y: (y - top) / scaleY,
});

export const toScreen = ({ scaleX, scaleY, left, top }: Transform, { x, y }: Point): Point => ({
  x: left + x * scaleX,
  y: top + y * scaleY,
});

const MAX_ZOOM = 24;

/** The frame zoomed about a point of the picture, which stays where it is on the screen. */
export function zoomedAbout(frame: ViewFrame, factor: number, about: Point): ViewFrame {
  const zoom = Math.max(1, Math.min(MAX_ZOOM, frame.zoom * factor));
  const shrink = frame.zoom / zoom;
  return clamped({
    zoom,
    centre: {
      x: about.x + (frame.centre.x - about.x) * shrink,
      y: about.y + (frame.centre.y - about.y) * shrink,
    },
  });
}

/** The picture never leaves the pane altogether. */
export const clamped = ({ zoom, centre }: ViewFrame): ViewFrame => ({
  zoom,
  centre: { x: Math.max(0, Math.min(1, centre.x)), y: Math.max(0, Math.min(1, centre.y)) },
});
