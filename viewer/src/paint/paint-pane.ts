/** What a pane draws: the slice's pixels below, everything that is drawn on them above. */
import {
  type ParametricMap,
  type PixelKind,
  type PixelStyle,
  type SliceDisplay,
  slicePixels,
  sliceSize,
} from '../../../src/index.ts';
import type { Point } from '../draw/shapes.ts';
import type { Region } from '../state/rois.svelte.ts';
import type { RegionPath } from './region-paths.ts';
import { type Transform, toScreen } from './view-transform.ts';

export interface SliceBitmap {
  readonly image: OffscreenCanvas;
  readonly counts: Readonly<Record<PixelKind, number>>;
}

/** One slice through its colour map, a pixel a voxel: the pixels of the command line's pictures. */
export function sliceBitmap(
  map: ParametricMap,
  slice: number,
  display: SliceDisplay,
  style: PixelStyle,
  air?: Uint8Array,
): SliceBitmap {
  const { rgba, counts } = slicePixels(map, slice, display, style);
  const image = new OffscreenCanvas(display.width, display.height);
  const pixels = new ImageData(display.width, display.height);
  pixels.data.set(rgba);
  if (air) clearAir(pixels.data, air, slice * sliceSize(map.grid), display);
  image.getContext('2d')!.putImageData(pixels, 0, 0);
  return { image, counts };
}

/** Lets the image below show through where there is air. */
function clearAir(rgba: Uint8ClampedArray, air: Uint8Array, offset: number, display: SliceDisplay): void {
  const { width, height, start, stepX, stepY } = display;
  for (let y = 0, at = 3; y < height; y++)
    for (let x = 0; x < width; x++, at += 4)
      if (air[offset + start + x * stepX + y * stepY] === 1) rgba[at] = 0;
}

/** A canvas made as sharp as the screen and set to CSS pixels; a new size clears it. */
export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (w < 1 || h < 1) return undefined;
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

export function paintSlice(
  context: CanvasRenderingContext2D,
  { image }: SliceBitmap,
  { scaleX, scaleY, left, top }: Transform,
  opacity = 1,
): void {
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  context.drawImage(image, left, top, image.width * scaleX, image.height * scaleY);
  context.globalAlpha = 1;
}

const AREA_OPACITY = 0.16;

/** Regions: a tint, and an outline over a dark edge that is seen on every colour. */
export function paintRegions(
  context: CanvasRenderingContext2D,
  paths: readonly RegionPath[],
  regions: readonly Region[],
  transform: Transform,
  active: number,
): void {
  const matrix = matrixOf(transform);
  for (const { label, area, outline } of paths) {
    const region = regions.find((candidate) => candidate.label === label);
    if (!region || region.isHidden) continue;
    context.globalAlpha = AREA_OPACITY;
    context.fillStyle = region.colour;
    context.fill(moved(area, matrix));
    context.globalAlpha = 1;
    const edge = moved(outline, matrix);
    context.lineCap = 'square';
    context.strokeStyle = 'rgb(0 0 0 / 0.75)';
    context.lineWidth = label === active ? 4 : 3;
    context.stroke(edge);
    context.strokeStyle = region.colour;
    context.lineWidth = label === active ? 2 : 1.25;
    context.stroke(edge);
  }
}

/** Stripes over pixels that were left out: they read as crossed out on dark and on light colours. */
export function paintRemoved(context: CanvasRenderingContext2D, area: Path2D, transform: Transform): void {
  const stripes = context.createPattern(stripeTile(), 'repeat');
  if (!stripes) return;
  context.fillStyle = stripes;
  context.fill(moved(area, matrixOf(transform)));
}

const TILE = 6;
let tile: OffscreenCanvas | undefined;

function stripeTile(): OffscreenCanvas {
  if (tile) return tile;
  tile = new OffscreenCanvas(TILE, TILE);
  const context = tile.getContext('2d')!;
  for (const [colour, width] of [
    ['rgb(0 0 0 / 0.85)', 3],
    ['rgb(255 255 255 / 0.95)', 1.2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const shift of [-TILE, 0, TILE]) {
      context.moveTo(shift - 1, TILE + 1);
      context.lineTo(shift + TILE + 1, -1);
    }
    context.stroke();
  }
  return tile;
}

export const matrixOf = ({ scaleX, scaleY, left, top }: Transform): DOMMatrix =>
  new DOMMatrix([scaleX, 0, 0, scaleY, left, top]);

export function moved(path: Path2D, matrix: DOMMatrix): Path2D {
  const result = new Path2D();
  result.addPath(path, matrix);
  return result;
}

/** The outline that is being drawn. */
export function paintDraft(
  context: CanvasRenderingContext2D,
  draft: readonly Point[],
  towards: Point | null,
  transform: Transform,
  colour: string,
): void {
  if (draft.length === 0) return;
  const points = [...draft, ...(towards ? [towards] : [])].map((p) => toScreen(transform, p));
  for (const [stroke, width] of [
    ['rgb(0 0 0 / 0.75)', 3.5],
    [colour, 1.75],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    points.forEach(({ x, y }, i) => {
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.stroke();
  }
  context.fillStyle = colour;
  const first = points[0]!;
  context.fillRect(first.x - 3, first.y - 3, 6, 6);
}

/** A cross at the linked cursor, and a ring at the pixel whose decay is shown. */
export function paintCursor(
  context: CanvasRenderingContext2D,
  place: Point,
  transform: Transform,
  look: 'cross' | 'ring' | { readonly brushRadius: number },
): void {
  const isBrush = typeof look === 'object';
  const { x, y } = toScreen(
    transform,
    isBrush ? place : { x: Math.floor(place.x) + 0.5, y: Math.floor(place.y) + 0.5 },
  );
  const path = new Path2D();
  if (look === 'cross')
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      path.moveTo(x + 4 * dx, y + 4 * dy);
      path.lineTo(x + 11 * dx, y + 11 * dy);
    }
  else if (look === 'ring') path.arc(x, y, 6, 0, 2 * Math.PI);
  else
    path.ellipse(
      x,
      y,
      look.brushRadius * transform.scaleX,
      look.brushRadius * transform.scaleY,
      0,
      0,
      2 * Math.PI,
    );
  for (const [stroke, width] of [
    ['rgb(0 0 0 / 0.8)', 3],
    ['#ffffff', 1.25],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.stroke(path);
  }
}
