/** One slice in a frame: its pixels, orientation letters, number and position, scale bar, outlined regions. */
import type { Mask, ParametricMap } from '../core/volume.ts';
import { encodePng, pngDataUri } from './png.ts';
import { roiOutline } from './roi-outline.ts';
import { type SliceDisplay, slicePosition } from './slice-display.ts';
import { type PixelKind, type PixelStyle, slicePixels } from './slice-pixels.ts';
import { element } from './svg.ts';
import { THEME } from './theme.ts';

export interface Panel {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly counts: Readonly<Record<PixelKind, number>>;
}

export interface PanelOptions {
  readonly map: ParametricMap;
  readonly slice: number;
  readonly display: SliceDisplay;
  readonly style: PixelStyle;
  /** Side of the square that the picture must fit into. */
  readonly box: number;
  readonly hasMarks: boolean;
  readonly roi?: Mask;
}

/** Frame around the picture that holds the letters; the line below it holds slice number and scale. */
const FRAME = 22;
const CAPTION = 24;
/** A narrow picture still needs room for its caption and scale. */
const MIN_WIDTH = 230;

export function slicePanel(options: PanelOptions): Panel {
  const { map, slice, display, style, hasMarks, roi } = options;
  const { rgba, counts } = slicePixels(map, slice, display, style);
  const [scaleX, scaleY] = pixelScale(display, options.box);
  const [w, h] = [display.width * scaleX, display.height * scaleY];
  const image = element('image', {
    ...{ x: 0, y: 0, width: w, height: h, preserveAspectRatio: 'none' },
    // Voxels stay crisp: the attribute for resvg, the class for browsers (see `map-preview.ts`).
    ...{ 'image-rendering': 'optimizeSpeed', class: 'rhomap-voxels' },
    href: pngDataUri(encodePng(display.width, display.height, rgba)),
  });
  const outline = roi ? outlinePaths(roiOutline(roi, slice, display), scaleX, scaleY) : '';
  const inner = Math.max(w, MIN_WIDTH);
  const left = FRAME + (inner - w) / 2;
  const [width, height] = [inner + 2 * FRAME, h + FRAME + captionTop(hasMarks) + CAPTION];
  const svg = [
    element('rect', { width, height, fill: THEME.panel, rx: 4 }),
    element('g', { transform: `translate(${left} ${FRAME})` }, image, outline),
    hasMarks ? orientationMarks(display, inner, h) : '',
    caption(options, h + captionTop(hasMarks)),
    scaleBar(w / (display.width * display.pixelWidthMm), inner, h + captionTop(hasMarks)),
  ].join('');
  return { svg, width, height, counts };
}

/** Distance from the picture to the caption: there is a row of letters between them, or none. */
const captionTop = (hasMarks: boolean): number => (hasMarks ? FRAME : 6);

/**
 * Picture units per voxel. Square voxels get a whole or half number, so that at the twofold size of a PNG every voxel
 * has as many pixels as its neighbour; others keep the anatomy's proportions.
 */
function pixelScale(display: SliceDisplay, box: number): readonly [number, number] {
  const { width, height, pixelWidthMm, pixelHeightMm } = display;
  const unitsPerMm = box / Math.max(width * pixelWidthMm, height * pixelHeightMm);
  const [x, y] = [unitsPerMm * pixelWidthMm, unitsPerMm * pixelHeightMm];
  if (Math.abs(x - y) > 1e-3 * x) return [x, y];
  const even = x >= 0.5 ? Math.floor(2 * x + 1e-9) / 2 : x;
  return [even, even];
}

/** White over a dark edge: visible on every colour. */
function outlinePaths(d: string, scaleX: number, scaleY: number): string {
  const path = (stroke: string, width: number): string =>
    element('path', {
      ...{ d, fill: 'none', stroke, 'stroke-width': width, 'stroke-linecap': 'square' },
      'vector-effect': 'non-scaling-stroke',
      transform: `scale(${scaleX} ${scaleY})`,
    });
  return path('#000', 3 / Math.min(scaleX, scaleY)) + path('#fff', 1.4 / Math.min(scaleX, scaleY));
}

function orientationMarks({ marks }: SliceDisplay, w: number, h: number): string {
  const letter = (x: number, y: number, words: string): string =>
    element('text', { x, y, fill: THEME.text, 'font-size': 13, 'text-anchor': 'middle' }, words);
  return [
    letter(FRAME / 2, FRAME + h / 2 + 5, marks.left),
    letter(FRAME + w + FRAME / 2, FRAME + h / 2 + 5, marks.right),
    letter(FRAME + w / 2, FRAME - 6, marks.top),
    letter(FRAME + w / 2, FRAME + h + 16, marks.bottom),
  ].join('');
}

function caption({ map, slice, hasMarks }: PanelOptions, top: number): string {
  const position = hasMarks ? `  ·  ${slicePosition(map.grid, slice)}` : '';
  const words = `Slice ${slice + 1} of ${map.grid.nSlices}${position}`;
  return element('text', { x: FRAME, y: FRAME + top + 13, fill: THEME.faint, 'font-size': 11.5 }, words);
}

/** The largest of a few round lengths that takes up to a quarter of the width. */
function scaleBar(unitsPerMm: number, w: number, top: number): string {
  const mm = [200, 100, 50, 20, 10, 5, 2, 1].find((length) => length * unitsPerMm <= w / 4);
  if (mm === undefined) return '';
  const [right, y] = [FRAME + w, FRAME + top + 9];
  const label = mm >= 10 ? `${mm / 10} cm` : `${mm} mm`;
  return [
    element('path', {
      d: `M${right - mm * unitsPerMm} ${y - 3}v6m0 -3H${right}m0 -3v6`,
      ...{ stroke: THEME.faint, fill: 'none', 'stroke-width': 1.2 },
    }),
    element(
      'text',
      {
        x: right - mm * unitsPerMm - 6,
        y: y + 4,
        fill: THEME.faint,
        'font-size': 11.5,
        'text-anchor': 'end',
      },
      label,
    ),
  ].join('');
}
