/** Figure 1: the way from images to maps, as it was run. */
import { element, escapeXml } from '../../svg.ts';
import type { Figure } from '../figure.ts';
import { FONT, methodColour, NEUTRAL } from '../palette.ts';

const [WIDTH, HEIGHT] = [860, 420];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly lines: readonly string[];
  /** Colour of the edge; that of text where absent. */
  readonly colour?: string;
  readonly isData?: boolean;
}

const BOX_HEIGHT = 58;

/** `settings`: the training options of the run, of which the diagram shows spin-lock times and cut-offs. */
export function pipelineFigure(settings: Readonly<Record<string, unknown>>): Figure {
  const pair = (value: unknown, otherwise: string): string =>
    Array.isArray(value) ? value.join(' and ') : otherwise;
  const tsl = pair(settings['coarseTslMs'], '0 and 50');
  const cutoff = pair(settings['cutoffMs'], '25 and 65').replace(' and ', '–');
  const [lbru, lbudr] = [methodColour('lbru'), methodColour('lbudr')];
  const boxes: readonly Box[] = [
    { x: 10, y: 30, w: 150, lines: ['two images', `TSL ${tsl} ms`], isData: true },
    { x: 200, y: 30, w: 150, lines: ['least-squares fit', `cut-off ${cutoff} ms`] },
    { x: 390, y: 30, w: 130, lines: ['coarse map'], isData: true },
    { x: 560, y: 30, w: 130, lines: ['LBRU network', 'U-Net, 2 outputs'], colour: lbru },
    { x: 730, y: 30, w: 120, lines: ['refined map', 'scale σ, u = √2·σ'], isData: true, colour: lbru },
    { x: 10, y: 180, w: 150, lines: ['four images', 'of the same slice'], isData: true },
    { x: 200, y: 180, w: 150, lines: ['least-squares fit', `cut-off ${cutoff} ms`] },
    { x: 390, y: 180, w: 130, lines: ['target map'], isData: true },
    { x: 560, y: 180, w: 130, lines: ['loss, eq. 5', 'training only'] },
    { x: 730, y: 180, w: 120, lines: ['refined region', 'u ≤ mean + SD'], isData: true },
    { x: 390, y: 330, w: 130, lines: ['loss, eq. 6', 'weights exp(−S̄)'] },
    { x: 560, y: 330, w: 130, lines: ['LBUDR network', 'on coarse maps'], colour: lbudr },
    { x: 730, y: 330, w: 120, lines: ['final map', 'of LBUDR'], isData: true, colour: lbudr },
    { x: 200, y: 330, w: 150, lines: ['S̄: log σ of LBRU,', 'cut-off pixels raised'], isData: true },
  ];
  const middle = (row: number): number => row + BOX_HEIGHT / 2;
  const [top, centre, bottom] = [30, 180, 330];
  const arrows = [
    `M160 ${middle(top)}H196`,
    `M350 ${middle(top)}H386`,
    `M520 ${middle(top)}H556`,
    `M690 ${middle(top)}H726`,
    `M160 ${middle(centre)}H196`,
    `M350 ${middle(centre)}H386`,
    `M520 ${middle(centre)}H556`,
    // Prediction into the loss, and the loss back into the network.
    `M610 ${top + BOX_HEIGHT}V${centre - 4}`,
    `M645 ${centre}V${top + BOX_HEIGHT + 4}`,
    `M790 ${top + BOX_HEIGHT}V${centre - 4}`,
    `M455 ${centre + BOX_HEIGHT}V${bottom - 4}`,
    `M350 ${middle(bottom)}H386`,
    `M520 ${middle(bottom)}H556`,
    `M690 ${middle(bottom)}H726`,
  ];
  const title = 'From images to maps';
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${escapeXml(FONT)}" role="img">`,
    element('title', {}, title),
    ARROW_HEAD,
    element('rect', { width: WIDTH, height: HEIGHT, fill: NEUTRAL.paper }),
    heading('Mapping a slice', top),
    heading('Training: what the map should be', centre),
    heading('Training again, led by the uncertainty', bottom),
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
      'Follow the arrows: rounded boxes are images and maps, square ones are steps; the upper row is all that is needed to map a new patient, the other two train the networks.',
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

const heading = (words: string, y: number): string =>
  element('text', { x: 10, y: y - 12, fill: NEUTRAL.faint, 'font-size': 12 }, words);

function boxSvg({ x, y, w, lines, colour, isData }: Box): string {
  const first = y + BOX_HEIGHT / 2 + 4 - (lines.length - 1) * 8;
  return [
    element('rect', {
      ...{ x, y, width: w, height: BOX_HEIGHT, rx: isData ? 14 : 2, fill: NEUTRAL.paper },
      ...{ stroke: colour ?? NEUTRAL.ink, 'stroke-width': colour ? 2.4 : 1.2 },
    }),
    ...lines.map((words, i) =>
      element(
        'text',
        {
          ...{ x: x + w / 2, y: first + 16 * i, 'text-anchor': 'middle', 'font-size': 12.5 },
          fill: i === 0 ? NEUTRAL.ink : NEUTRAL.faint,
        },
        escapeXml(words),
      ),
    ),
  ].join('');
}
