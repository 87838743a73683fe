/** The tools, in the order of the strip, with the key that takes each. */
import type { Tool } from '../state/view.svelte.ts';

export const TOOLS: readonly { readonly tool: Tool; readonly label: string; readonly key: string }[] = [
  { tool: 'inspect', label: 'Look: click shows the decay, drag moves the picture', key: 'v' },
  { tool: 'brush', label: 'Brush', key: 'b' },
  { tool: 'threshold', label: 'Threshold brush: paints values within its limits', key: 't' },
  { tool: 'eraser', label: 'Eraser', key: 'e' },
  { tool: 'polygon', label: 'Polygon: click corners, Enter closes', key: 'p' },
  { tool: 'freehand', label: 'Freehand outline', key: 'f' },
  { tool: 'fill', label: 'Fill what hangs together', key: 'g' },
  { tool: 'window', label: 'Colours: drag sideways for contrast, up and down for brightness', key: 'w' },
];
