/**
 * A picture of a parametric map: one or more slices in radiological orientation, a colour bar with its unit, and a
 * legend that counts what is not a plain value (cut off, missing, masked). A pure function of the map: the same map
 * gives the same text.
 */
import { OptionError, ShapeError } from '../core/errors.ts';
import { gridDifference } from '../core/grid.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import { COLOUR_BAR_WIDTH, colourBar } from './colour-bar.ts';
import type { ColourMapName } from './colour-maps.ts';
import { legendItems, legendRows } from './preview-legend.ts';
import { sliceDisplay } from './slice-display.ts';
import { type Panel, slicePanel } from './slice-panel.ts';
import type { PixelStyle } from './slice-pixels.ts';
import { element, escapeXml, textWidth } from './svg.ts';
import { THEME } from './theme.ts';

export interface MapPreview {
  readonly map: ParametricMap;
  /** Lowest and highest value of the colour bar, in the map's unit. */
  readonly range: readonly [number, number];
  readonly title: string;
  readonly subtitle?: string;
  /** Small print at the bottom, e.g. the version. */
  readonly footer?: string;
  /** Slices to show, from 0; default all. */
  readonly slices?: readonly number[];
  /** Default viridis. */
  readonly colours?: ColourMapName;
  /** Regions to outline. */
  readonly roi?: Mask;
  /** Signal `[slice, row, column]` shown in grey where the map is masked. */
  readonly underlay?: Float32Array;
  /** Whether values at a cut-off are marked in the cut-off's colour; default true. */
  readonly marksCutoffs?: boolean;
  /** `none` where the images carried no orientation: no letters then, but a remark. Default `known`. */
  readonly orientation?: 'known' | 'none';
}

const MARGIN = 24;
const GAP = 14;
/** Room for slices: one picture alone gets a large box, a montage smaller ones. */
const BOX = { single: 560, montage: 330 };
const LEGEND_ROW = 22;
const BAR_GAP = 28;
const MAX_BAR_HEIGHT = 420;
const MIN_BAR_HEIGHT = 80;
/** Room above and below the bar for its arrows and unit. */
const BAR_ENDS = 60;
const MIN_WIDTH = 412;
/** Browsers' word for crisp pixels; behind `@supports` because resvg takes it for its opposite. */
const CRISP_STYLE =
  '<style>@supports (image-rendering:pixelated){.rhomap-voxels{image-rendering:pixelated}}</style>';

/**
 * The figure as SVG text.
 * @throws OptionError for a range or slice that does not exist, ShapeError if the ROI lies on another grid.
 */
export function mapPreviewSvg(preview: MapPreview): string {
  const { map, range, roi, colours = 'viridis', marksCutoffs = true, underlay } = preview;
  const slices = preview.slices ?? Array.from({ length: map.grid.nSlices }, (_, k) => k);
  assertPreview(preview, slices);
  const display = sliceDisplay(map.grid);
  const style = { range, colours, marksCutoffs, ...(underlay && { underlay }) };
  const box = slices.length === 1 ? BOX.single : BOX.montage;
  const hasMarks = preview.orientation !== 'none';
  const panels = slices.map((slice) =>
    slicePanel({ map, slice, display, style, box, hasMarks, ...(roi && { roi }) }),
  );
  return layOut(preview, panels, style);
}

function assertPreview({ map, range, roi }: MapPreview, slices: readonly number[]): void {
  if (!(range[0] < range[1]) || !range.every(Number.isFinite))
    throw new OptionError('preview/range', `The colour range must rise: got ${range[0]} to ${range[1]}.`);
  const missing = slices.find((k) => !Number.isInteger(k) || k < 0 || k >= map.grid.nSlices);
  if (slices.length === 0 || missing !== undefined)
    throw new OptionError(
      'preview/slice',
      `The map has ${map.grid.nSlices} slices; there is no slice ${missing}.`,
    );
  const difference = roi && gridDifference(roi.grid, map.grid);
  if (difference !== undefined)
    throw new ShapeError(
      'preview/roi-grid',
      `The ROI lies on another grid than the ${map.name} map: ${difference}.`,
    );
}

/** A strip of the figure; strips are set one below the other. */
interface Strip {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

function layOut(preview: MapPreview, panels: readonly Panel[], style: PixelStyle): string {
  const head = headStrip(preview);
  const pictures = picturesStrip(preview, panels, style);
  const innerWidth = Math.max(MIN_WIDTH, pictures.width, head.width);
  const rows = legendRows(legendItems(panels, style, preview.roi !== undefined), innerWidth);
  const strips = [head, pictures, ...rows.map((svg) => ({ svg, width: 0, height: LEGEND_ROW }))];
  const footer = footerText(preview);
  if (footer) strips.push({ svg: text(0, 12, 10.5, footer, THEME.faint), width: 0, height: 18 });

  let y = MARGIN;
  const placed = strips.map((strip) => {
    const svg = element('g', { transform: `translate(${MARGIN} ${y})` }, strip.svg);
    y += strip.height;
    return svg;
  });
  const [width, height] = [innerWidth + 2 * MARGIN, Math.ceil(y + MARGIN - 8)];
  const box = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${box} font-family="${escapeXml(THEME.font)}" role="img">`,
    element('title', {}, escapeXml(preview.title)),
    CRISP_STYLE,
    element('rect', { width, height, fill: THEME.background }),
    ...placed,
    '</svg>\n',
  ].join('');
}

function headStrip({ title, subtitle = '' }: MapPreview): Strip {
  const svg = text(0, 15, 18, title, THEME.text, 'bold') + text(0, 37, 12.5, subtitle, THEME.faint);
  // Bold letters are about a tenth wider.
  const width = Math.ceil(Math.max(1.1 * textWidth(title, 18), textWidth(subtitle, 12.5)));
  return { svg, width, height: (subtitle ? 44 : 24) + GAP };
}

/** The slices in rows of at most three, and the colour bar to their right. */
function picturesStrip(preview: MapPreview, panels: readonly Panel[], style: PixelStyle): Strip {
  const nDown = Math.ceil(panels.length / 3);
  const nAcross = Math.ceil(panels.length / nDown);
  const [stepX, stepY] = [panels[0]!.width + GAP, panels[0]!.height + GAP];
  const placed = panels.map(({ svg }, i) => {
    const [x, y] = [(i % nAcross) * stepX, Math.floor(i / nAcross) * stepY];
    return element('g', { transform: `translate(${x} ${y})` }, svg);
  });
  const [width, height] = [nAcross * stepX - GAP, nDown * stepY - GAP];
  const barHeight = Math.max(MIN_BAR_HEIGHT, Math.min(height - BAR_ENDS, MAX_BAR_HEIGHT));
  const stripHeight = Math.max(height, barHeight + BAR_ENDS);
  const { range, colours } = style;
  const arrows = (['lower-cutoff', 'upper-cutoff'] as const).filter((kind) =>
    panels.some((p) => p.counts[kind] > 0),
  );
  const bar = colourBar({
    ...{ x: width + BAR_GAP, y: (stripHeight - barHeight) / 2 + 8, height: barHeight },
    ...{ range, colours, arrows, unit: preview.map.unit === '1' ? '' : preview.map.unit },
  });
  return {
    svg: [...placed, bar].join(''),
    width: width + BAR_GAP + COLOUR_BAR_WIDTH,
    height: stripHeight + GAP + 6,
  };
}

function footerText({ orientation, footer = '' }: MapPreview): string {
  const remark = orientation === 'none' ? 'Orientation unknown: left and right are not marked. ' : '';
  return remark + footer;
}

function text(x: number, y: number, size: number, words: string, fill: string, weight?: 'bold'): string {
  return element('text', { x, y, 'font-size': size, fill, 'font-weight': weight }, escapeXml(words));
}
