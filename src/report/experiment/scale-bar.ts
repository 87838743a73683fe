/** How large a picture is: a bar of a round length in its lower left corner. */
import { element } from '../svg.ts';

const LENGTHS_MM = [200, 100, 50, 20, 10, 5] as const;
/** Largest share of the picture's width that the bar takes. */
const MOST = 0.4;
const MARGIN = 8;
const THICKNESS = 3;

/**
 * @param width of the picture in the figure.
 * @param widthMm what it shows.
 */
export function scaleBar(width: number, height: number, widthMm: number): string {
  const lengthMm = LENGTHS_MM.find((mm) => mm <= MOST * widthMm);
  if (lengthMm === undefined) return '';
  const length = (width * lengthMm) / widthMm;
  const y = height - MARGIN - THICKNESS;
  // White on black edges: seen on tissue, on air and in print.
  return element(
    'g',
    { fill: '#fff', stroke: '#000' },
    element('rect', { x: MARGIN, y, width: length, height: THICKNESS, 'stroke-width': 1 }),
    element(
      'text',
      { x: MARGIN, y: y - 5, 'font-size': 11, 'stroke-width': 2.5, 'paint-order': 'stroke' },
      lengthMm >= 10 ? `${lengthMm / 10} cm` : `${lengthMm} mm`,
    ),
  );
}
