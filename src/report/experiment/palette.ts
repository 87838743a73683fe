/**
 * Colours of reports. Methods: Okabe and Ito's set (2008), which colour-blind readers can tell apart, one colour per method
 * in all figures. The neutral colours are those of paper; a page replaces them by its own variables (`embed-svg.ts`).
 */
export const NEUTRAL = {
  ink: '#1f2328',
  faint: '#5b646e',
  line: '#d5dae0',
  paper: '#fefefe',
} as const;

const METHOD_COLOURS: Readonly<Record<string, string>> = {
  coarse: '#868b92',
  bm3d: '#e69f00',
  lbr: '#56b4e9',
  lbru: '#0072b2',
  lbmc: '#cc79a7',
  lbudr: '#d55e00',
  lbri: '#009e73',
};

/** Methods that are not ours to know get the colour of text. */
export const methodColour = (method: string): string => METHOD_COLOURS[method] ?? NEUTRAL.faint;

export const FONT = "'DejaVu Sans', Verdana, Arial, sans-serif";
