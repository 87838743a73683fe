/** Plots by Vega-Lite as SVG text, without a browser, in one look. */
import * as vega from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { escapeXml, textWidth } from '../svg.ts';
import { FONT, NEUTRAL } from './palette.ts';

const { ink, faint, line, paper } = NEUTRAL;

const CONFIG: Config = {
  background: paper,
  font: FONT,
  padding: 6,
  aria: false,
  axis: {
    ...{ labelColor: ink, labelFontSize: 11, labelFlush: false, titleColor: ink, titleFontSize: 11.5 },
    ...{ titleFontWeight: 'normal', titlePadding: 7, gridColor: line, gridWidth: 0.6 },
    ...{ domainColor: faint, tickColor: faint, tickSize: 4, tickCount: 6 },
  },
  legend: {
    ...{
      labelColor: ink,
      labelFontSize: 11,
      titleColor: ink,
      titleFontSize: 11.5,
      titleFontWeight: 'normal',
    },
    ...{ labelLimit: 400, titleLimit: 400, symbolStrokeWidth: 2 },
  },
  title: {
    color: ink,
    fontSize: 12.5,
    fontWeight: 'bold',
    anchor: 'start',
    offset: 6,
    subtitleColor: faint,
    subtitleFontSize: 11,
  },
  view: { stroke: line },
  text: { color: ink, fontSize: 11 },
};

interface TextItem {
  readonly text?: unknown;
  readonly fontSize?: number;
}

// Vega guesses widths of text where it has no canvas; DejaVu's own widths are better than its guess.
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem) => number } };
textMetrics.width = (item) => textWidth(String(item.text ?? ''), item.fontSize ?? 11);

/**
 * @param title says what the plot shows, for readers who do not see it.
 * @returns a stand-alone SVG; the same specification gives the same text.
 */
export async function vegaSvg(spec: Omit<TopLevelSpec, 'config'>, title: string): Promise<string> {
  const compiled = compile({ ...spec, config: CONFIG } as TopLevelSpec).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  // The title says what the plot shows; Vega's roles for single marks would be noise.
  return numberIds(svg.replace(/ (role|aria-[a-z]+)="[^"]*"/g, '')).replace(
    /<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg ${attributes.replace(' class="marks"', '')} role="img"><title>${escapeXml(title)}</title>`,
  );
}

/** Vega numbers its clip paths over all plots of a process; here every plot starts at one. */
function numberIds(svg: string): string {
  const ids = [...new Set([...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))];
  return ids.reduce(
    (text, id, i) => text.replaceAll(`"${id}"`, `"part-${i + 1}"`).replaceAll(`#${id})`, `#part-${i + 1})`),
    svg,
  );
}
