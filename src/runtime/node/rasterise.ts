/** SVG figures to PNG with resvg and the DejaVu font that ships beside rhomap: the same picture on every machine. */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import type { Picture } from '../../io/dicom/results/secondary-capture.ts';

const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** @param zoom pixels per SVG unit; 2 keeps text sharp on dense screens and in print. */
export function rasterise(svg: string, zoom: number = 2): Uint8Array {
  return render(svg, zoom).asPng();
}

/** As plain pixels `[row, column, red green blue]`, for pictures in DICOM. */
export function rasterisePixels(svg: string, zoom: number = 1): Picture {
  const { width, height, pixels } = render(svg, zoom);
  const rgb = new Uint8Array(3 * width * height);
  // The figures' background is opaque: nothing shows through.
  for (let i = 0; i < width * height; i++) rgb.set(pixels.subarray(4 * i, 4 * i + 3), 3 * i);
  return { width, height, rgb };
}

function render(svg: string, zoom: number): ReturnType<Resvg['render']> {
  const require = createRequire(import.meta.url);
  const fontFiles = FONTS.map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`));
  const font = {
    loadSystemFonts: false,
    fontFiles,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: zoom } }).render();
}
