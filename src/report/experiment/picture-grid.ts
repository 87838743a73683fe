/** Maps side by side in rows, with a colour bar at the end of each row: the picture figures of a report. */
import { VOXEL_STATUS } from '../../core/status.ts';
import { COLOUR_BAR_WIDTH, colourBar } from '../colour-bar.ts';
import type { ColourMapName } from '../colour-maps.ts';
import { encodePng, pngDataUri } from '../png.ts';
import { roiOutline } from '../roi-outline.ts';
import { sliceDisplay } from '../slice-display.ts';
import { slicePixels } from '../slice-pixels.ts';
import { element, escapeXml } from '../svg.ts';
import { FONT, NEUTRAL } from './palette.ts';
import { scaleBar } from './scale-bar.ts';

export interface Picture {
  readonly title: string;
  /** A number under the picture, e.g. its error. */
  readonly note?: string;
  /** `[row, column]`. */
  readonly values: Float32Array;
  /** Where values are shown; not 0. Everywhere where absent. */
  readonly shown?: Uint8Array;
  /** Signal shown in grey where values are not. */
  readonly underlay: Float32Array;
  /** Regions to outline. */
  readonly roi?: Uint8Array;
}

export interface PictureRow {
  readonly pictures: readonly Picture[];
  readonly colours: ColourMapName;
  readonly range: readonly [number, number];
  /** Written above the colour bar; no bar where absent. */
  readonly unit?: string;
  /** Of every picture in the row, in pixels. */
  readonly nRows: number;
  readonly nColumns: number;
  /** Spacing of the columns: the first picture of the row has a scale bar where it is known. */
  readonly pixelMm?: number;
}

const GAP = 8;
const TITLE = 18;
const NOTE = 16;
const BAR_GAP = 14;
/** Rows run down and columns to the right, as the arrays are stored. */
const AS_STORED = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const;

/** @param side width of a picture in the figure. */
export function pictureGrid(rows: readonly PictureRow[], side: number, title: string): string {
  const nAcross = Math.max(...rows.map(({ pictures }) => pictures.length));
  let y = 4;
  const drawn = rows.map((row) => {
    const hasNotes = row.pictures.some(({ note }) => note !== undefined);
    const at = y;
    const height = (side * row.nRows) / row.nColumns;
    y += TITLE + height + (hasNotes ? NOTE : 0) + GAP;
    return element('g', { transform: `translate(4 ${at})` }, rowSvg(row, side, height, nAcross));
  });
  const width = 8 + nAcross * (side + GAP) + BAR_GAP + COLOUR_BAR_WIDTH;
  const box = `width="${width}" height="${Math.ceil(y)}" viewBox="0 0 ${width} ${Math.ceil(y)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${box} font-family="${escapeXml(FONT)}" role="img">`,
    element('title', {}, escapeXml(title)),
    // Browsers' word for crisp pixels; behind `@supports` because resvg takes it for its opposite.
    '<style>@supports (image-rendering:pixelated){.rhomap-voxels{image-rendering:pixelated}}</style>',
    element('rect', { width, height: Math.ceil(y), fill: NEUTRAL.paper }),
    ...drawn,
    '</svg>',
  ].join('');
}

function rowSvg(row: PictureRow, side: number, height: number, nAcross: number): string {
  const pictures = row.pictures.map((picture, i) =>
    element(
      'g',
      { transform: `translate(${i * (side + GAP)} 0)` },
      label(picture.title, 13, NEUTRAL.ink, true),
      element(
        'g',
        { transform: `translate(0 ${TITLE})` },
        pictureSvg(picture, row, side, height),
        i > 0 || row.pixelMm === undefined ? '' : scaleBar(side, height, row.nColumns * row.pixelMm),
      ),
      picture.note === undefined ? '' : label(picture.note, TITLE + height + 13, NEUTRAL.faint, false),
    ),
  );
  if (row.unit === undefined) return pictures.join('');
  const barHeight = Math.min(height - 44, 200);
  const bar = colourBar({
    ...{
      x: nAcross * (side + GAP) + BAR_GAP,
      y: TITLE + (height - barHeight) / 2 + 14,
      height: barHeight,
    },
    ...{ colours: row.colours, range: row.range, unit: row.unit, arrows: [] },
    ink: { text: NEUTRAL.ink, faint: NEUTRAL.faint },
  });
  return pictures.join('') + bar;
}

const label = (words: string, y: number, fill: string, isBold: boolean): string =>
  element(
    'text',
    { x: 0, y, fill, 'font-size': isBold ? 12 : 11, 'font-weight': isBold ? 'bold' : undefined },
    escapeXml(words),
  );

function pictureSvg(picture: Picture, row: PictureRow, side: number, height: number): string {
  const { nRows, nColumns } = row;
  const grid = { nColumns, nRows, nSlices: 1, affine: AS_STORED };
  const display = sliceDisplay(grid);
  const { masked, ok } = VOXEL_STATUS;
  const status = Uint8Array.from(picture.values, (_, p) =>
    !picture.shown || picture.shown[p] ? ok : masked,
  );
  const { rgba } = slicePixels({ grid, name: '', unit: '', values: picture.values, status }, 0, display, {
    ...{ range: row.range, colours: row.colours, marksCutoffs: false, underlay: picture.underlay },
  });
  const image = element('image', {
    ...{ width: side, height, preserveAspectRatio: 'none', class: 'rhomap-voxels' },
    'image-rendering': 'optimizeSpeed',
    href: pngDataUri(encodePng(nColumns, nRows, rgba)),
  });
  if (!picture.roi) return image;
  const d = roiOutline({ grid, labels: Uint16Array.from(picture.roi) }, 0, display);
  const scale = side / nColumns;
  const path = (stroke: string, width: number): string =>
    element('path', { d, fill: 'none', stroke, 'stroke-width': width / scale, transform: `scale(${scale})` });
  return image + path('#000', 2.2) + path('#fff', 1.1);
}
