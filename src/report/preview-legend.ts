/** The legend under a preview: how many of the pixels shown are cut off, missing, masked or beyond the colour bar. */
import type { Panel } from './slice-panel.ts';
import { type PixelKind, type PixelStyle, SPECIAL_COLOURS } from './slice-pixels.ts';
import { element, escapeXml, rgbText, textWidth } from './svg.ts';
import { THEME } from './theme.ts';

export interface LegendItem {
  readonly words: string;
  /** The square in front, or a line for an outline. */
  readonly mark: { readonly fill: string } | 'outline' | 'none';
}

const FONT_SIZE = 11.5;
const SWATCH = 12;
const SPACE = 22;

const WORDS: Readonly<Record<Exclude<PixelKind, 'value'>, string>> = {
  'lower-cutoff': 'at lower cut-off',
  'upper-cutoff': 'at upper cut-off',
  missing: 'no value',
  'no-signal': 'no signal',
  masked: 'masked',
  'beyond-range': 'beyond the colour bar',
};

export function legendItems(panels: readonly Panel[], style: PixelStyle, hasRoi: boolean): LegendItem[] {
  const count = (kind: PixelKind): number => panels.reduce((total, p) => total + p.counts[kind], 0);
  const nValues = count('value') + count('beyond-range') + count('lower-cutoff') + count('upper-cutoff');
  const items: LegendItem[] = [{ words: `${grouped(nValues)} values`, mark: 'none' }];
  for (const kind of [
    'lower-cutoff',
    'upper-cutoff',
    'beyond-range',
    'missing',
    'no-signal',
    'masked',
  ] as const) {
    const n = count(kind);
    if (n === 0) continue;
    const showsSignal = kind === 'masked' && style.underlay !== undefined;
    const words = `${showsSignal ? 'masked (signal in grey)' : WORDS[kind]} ${grouped(n)}`;
    const hasColour = kind !== 'beyond-range' && !showsSignal;
    items.push({ words, mark: hasColour ? { fill: rgbText(SPECIAL_COLOURS[style.colours][kind]) } : 'none' });
  }
  if (hasRoi) items.push({ words: 'region of interest', mark: 'outline' });
  return items;
}

/** Items side by side, in as many rows as `width` needs; each row an SVG fragment of height 22. */
export function legendRows(items: readonly LegendItem[], width: number): string[] {
  const rows: string[] = [];
  let [row, x] = ['', 0];
  for (const item of items) {
    const itemWidth = (item.mark === 'none' ? 0 : SWATCH + 6) + textWidth(item.words, FONT_SIZE);
    if (x > 0 && x + itemWidth > width) {
      rows.push(row);
      [row, x] = ['', 0];
    }
    row += drawItem(item, x);
    x += itemWidth + SPACE;
  }
  return [...rows, row];
}

function drawItem({ words, mark }: LegendItem, x: number): string {
  const swatch =
    mark === 'none'
      ? ''
      : mark === 'outline'
        ? element('rect', {
            x: x + 1,
            y: 3,
            width: SWATCH - 2,
            height: SWATCH - 2,
            fill: 'none',
            stroke: '#fff',
            'stroke-width': 1.4,
          })
        : element('rect', {
            x,
            y: 2,
            width: SWATCH,
            height: SWATCH,
            rx: 2,
            fill: mark.fill,
            stroke: THEME.line,
          });
  const textX = mark === 'none' ? x : x + SWATCH + 6;
  return (
    swatch + element('text', { x: textX, y: 12, fill: THEME.text, 'font-size': FONT_SIZE }, escapeXml(words))
  );
}

/** 12 345 with a thin space, the same in every locale. */
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u2009');
