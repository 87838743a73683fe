/** Figure 1: the way from images to maps, as it was run. */
import { element, escapeXml } from '../../svg.ts';
import type { Figure } from '../figure.ts';
import { FONT, methodColour, NEUTRAL } from '../palette.ts';

const [WIDTH, HEIGHT] = [868, 376];
const COLUMNS = [6, 152, 298, 444, 590, 736];
const ROWS = [30, 168, 306];
const BOX = { width: 124, height: 56 };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
  /** Colour of the edge; that of text where absent. */
  readonly colour?: string;
  readonly isData?: boolean;
}

/** `settings`: the training options of the run, of which the diagram shows spin-lock times and cut-offs. */
export function pipelineFigure(settings: Readonly<Record<string, unknown>>): Figure {
  const pair = (value: unknown, otherwise: string): string =>
    Array.isArray(value) ? value.join(' and ') : otherwise;
  const tsl = pair(settings['coarseTslMs'], '0 and 50');
  const cutoff = pair(settings['cutoffMs'], '25 and 65').replace(' and ', '–');
  const [lbru, lbudr] = [methodColour('lbru'), methodColour('lbudr')];
  const box = (column: number, row: number, lines: readonly string[], style: Partial<Box> = {}): Box => ({
    ...{ x: COLUMNS[column]!, y: ROWS[row]!, lines },
    ...style,
  });
  const [data, isLbru, isLbudr] = [{ isData: true }, { colour: lbru }, { colour: lbudr }];
  const boxes: readonly Box[] = [
    box(0, 0, ['two images', `TSL ${tsl} ms`], data),
    box(1, 0, ['least-squares fit', `cut-off ${cutoff} ms`]),
    box(2, 0, ['coarse map'], data),
    box(3, 0, ['LBRU network', 'U-Net, 2 outputs'], isLbru),
    box(4, 0, ['refined map', 'scale σ, u = √2·σ'], { ...data, ...isLbru }),
    box(5, 0, ['refined region', 'u ≤ mean + SD'], data),
    box(0, 1, ['all images', 'of the slice'], data),
    box(1, 1, ['least-squares fit', `cut-off ${cutoff} ms`]),
    box(2, 1, ['target map'], data),
    box(3, 1, ['loss, eq. 5', 'Laplace likelihood']),
    box(4, 1, ['S̄: log σ, frozen', 'cut-offs raised'], data),
    box(2, 2, ['final map', 'of LBUDR'], { ...data, ...isLbudr }),
    box(3, 2, ['LBUDR network', 'on coarse maps'], isLbudr),
    box(4, 2, ['loss, eq. 6', 'weights exp(−S̄)']),
  ];
  const right = (column: number, row: number, dy = 0): string =>
    `M${COLUMNS[column]! + BOX.width} ${ROWS[row]! + BOX.height / 2 + dy}H${COLUMNS[column + 1]! - 3}`;
  const left = (column: number, row: number, dy = 0): string =>
    `M${COLUMNS[column]!} ${ROWS[row]! + BOX.height / 2 + dy}H${COLUMNS[column - 1]! + BOX.width + 3}`;
  const down = (column: number, row: number, dx = 0): string =>
    `M${COLUMNS[column]! + BOX.width / 2 + dx} ${ROWS[row]! + BOX.height}V${ROWS[row + 1]! - 3}`;
  const up = (column: number, row: number, dx = 0): string =>
    `M${COLUMNS[column]! + BOX.width / 2 + dx} ${ROWS[row]!}V${ROWS[row - 1]! + BOX.height + 3}`;
  const toLoss = `M${COLUMNS[2]! + BOX.width / 2} ${ROWS[1]! + BOX.height}V${ROWS[2]! - 34}H${COLUMNS[4]! + 30}V${ROWS[2]! - 3}`;
  const arrows = [
    ...[0, 1, 2, 3, 4].map((column) => right(column, 0)),
    ...[0, 1, 2].map((column) => right(column, 1)),
    // A prediction goes into its loss, and the loss back into the network.
    ...[down(3, 0, -18), up(3, 1, 18), right(3, 2, -10), left(4, 2, 10)],
    ...[down(4, 0), down(4, 1, 20), toLoss, left(3, 2)],
  ];
  const title = 'From images to maps';
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${escapeXml(FONT)}" role="img">`,
    element('title', {}, title),
    ARROW_HEAD,
    element('rect', { width: WIDTH, height: HEIGHT, fill: NEUTRAL.paper }),
    heading('Mapping a slice', 0),
    heading('Training', 1),
    heading('Training again, led by the uncertainty', 2),
    ...arrows.map((d) =>
      element('path', {
        d,
        fill: 'none',
        stroke: NEUTRAL.faint,
        'stroke-width': 1.4,
        'marker-end': 'url(#arrow)',
      }),
    ),
    ...boxes.map(boxSvg),
    '</svg>',
  ].join('');
  return {
    name: 'figure-1-pipeline',
    label: 'Figure 1',
    title,
    reading:
      'Follow the arrows: rounded boxes are images and maps, square ones are steps; the upper row maps a patient, the other two train the networks; where two arrows run side by side, a prediction goes to its loss and the loss corrects the network.',
    svg,
  };
}

const ARROW_HEAD = element(
  'defs',
  {},
  element(
    'marker',
    { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    element('path', { d: 'M0 0L8 4L0 8Z', fill: NEUTRAL.faint }),
  ),
);

const heading = (words: string, row: number): string =>
  element('text', { x: 6, y: ROWS[row]! - 12, fill: NEUTRAL.faint, 'font-size': 12 }, words);

function boxSvg({ x, y, lines, colour, isData }: Box): string {
  const first = y + BOX.height / 2 + 4 - (lines.length - 1) * 8;
  return [
    element('rect', {
      ...{ x, y, width: BOX.width, height: BOX.height, rx: isData ? 14 : 2, fill: NEUTRAL.paper },
      ...{ stroke: colour ?? NEUTRAL.ink, 'stroke-width': colour ? 2.4 : 1.2 },
    }),
    ...lines.map((words, i) =>
      element(
        'text',
        {
          ...{
            x: x + BOX.width / 2,
            y: first + 16 * i,
            'text-anchor': 'middle',
            'font-size': i === 0 ? 12 : 11,
          },
          fill: i === 0 ? NEUTRAL.ink : NEUTRAL.faint,
        },
        escapeXml(words),
      ),
    ),
  ].join('');
}
