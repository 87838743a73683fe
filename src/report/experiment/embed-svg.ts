/** A stand-alone figure set into a page: the page's colours instead of paper's, and ids of its own. */
import { NEUTRAL } from './palette.ts';

/** @param name unique on the page. */
export function embedSvg(svg: string, name: string): string {
  const recoloured = Object.entries(NEUTRAL).reduce(
    (text, [role, colour]) => text.replaceAll(`"${colour}"`, `"var(--${role})"`),
    svg.replace(/^<\?xml.*?\?>/, ''),
  );
  return recoloured
    .replace(/ id="([^"]+)"/g, ` id="${name}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${name}-$1)`)
    .replace(
      /<svg ([^>]*?)width="(\d+)(?:\.\d+)?" height="[\d.]+"/,
      '<svg $1style="width:calc($2px * var(--figure-scale))"',
    )
    .trim();
}
