/** SVG figures to PNG with resvg and the DejaVu font that ships beside rhomap: the same picture on every machine. */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** @param zoom pixels per SVG unit; 2 keeps text sharp on dense screens and in print. */
export function rasterise(svg: string, zoom: number = 2): Uint8Array {
  const require = createRequire(import.meta.url);
  const fontFiles = FONTS.map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`));
  const font = {
    loadSystemFonts: false,
    fontFiles,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: zoom } }).render().asPng();
}
