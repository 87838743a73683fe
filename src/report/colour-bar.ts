/** A vertical colour bar with ticks and unit; arrow heads in the colours of what is cut off. */
import { type ColourMapName, colourTable } from './colour-maps.ts';
import { SPECIAL_COLOURS } from './slice-pixels.ts';
import { element, rgbText } from './svg.ts';
import { THEME } from './theme.ts';
import { niceTicks } from './ticks.ts';

export interface ColourBar {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly colours: ColourMapName;
  readonly range: readonly [number, number];
  /** Written above the bar. */
  readonly unit: string;
  /** Which arrow heads to draw: those whose pixels the picture contains. */
  readonly arrows: readonly ('lower-cutoff' | 'upper-cutoff')[];
  /** Colours of words and ticks; those of the dark theme where absent. */
  readonly ink?: { readonly text: string; readonly faint: string };
}

/** Room for the bar, its ticks and their labels. */
export const COLOUR_BAR_WIDTH = 60;
const BAR = 16;
const ARROW = 12;
const N_STOPS = 33;

export function colourBar(bar: ColourBar): string {
  const { x, y, height, range, ink = THEME } = bar;
  // One name a colour map: figures set into one page may share it, because it means the same.
  const id = `rhomap-${bar.colours}`;
  const [low, high] = range;
  const table = colourTable(bar.colours);
  const stops = Array.from({ length: N_STOPS }, (_, i) => {
    const entry = 3 * Math.round((i / (N_STOPS - 1)) * 255);
    return element('stop', {
      offset: `${((100 * i) / (N_STOPS - 1)).toFixed(3)}%`,
      'stop-color': rgbText([...table.subarray(entry, entry + 3)]),
    });
  });
  const gradient = element('linearGradient', { id, x1: 0, y1: 1, x2: 0, y2: 0 }, ...stops);
  const ticks = niceTicks(low, high, height > 250 ? 8 : 5);
  const marks = ticks.values.map((value, i) => {
    const at = y + height * (1 - (value - low) / (high - low));
    return (
      element('line', { x1: x + BAR, x2: x + BAR + 5, y1: at, y2: at, stroke: ink.faint }) +
      element('text', { x: x + BAR + 9, y: at + 4.3, fill: ink.text, 'font-size': 12 }, ticks.labels[i]!)
    );
  });
  const [below, above] = [y + height + 2, y - 2];
  const arrows = bar.arrows.map((kind) => {
    const [base, tip] = kind === 'upper-cutoff' ? [above, above - ARROW] : [below, below + ARROW];
    const d = `M${x} ${base}H${x + BAR}L${x + BAR / 2} ${tip}Z`;
    return element('path', { d, fill: rgbText(SPECIAL_COLOURS[bar.colours][kind]) });
  });
  const unitAt = above - ARROW - 10;
  return element(
    'g',
    { class: 'colour-bar' },
    element('defs', {}, gradient),
    element('rect', { x, y, width: BAR, height, fill: `url(#${id})` }),
    ...arrows,
    ...marks,
    element('text', { x, y: unitAt, fill: ink.text, 'font-size': 13, 'font-weight': 'bold' }, bar.unit),
  );
}
