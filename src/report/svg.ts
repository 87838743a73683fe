/** The few words of SVG that the figures need, as text: no DOM, so figures render anywhere. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot hold are dropped: titles may come from file names. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (c) => ESCAPES[c]!);

/** One element; numbers are rounded to hundredths, absent attributes left out. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? Number(value.toFixed(2)) : escapeXml(value!)}"`,
    )
    .join('');
  return children.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${children.join('')}</${name}>`;
}

export const rgbText = ([r, g, b]: readonly number[]): string => `rgb(${r},${g},${b})`;

/** Advance widths of DejaVu Sans in hundredths of the font size, from the space on, `!` next. */
// biome-ignore format: a table
const WIDTHS = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
  84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61,
  69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59,
  82, 59, 59, 52, 64, 34, 64, 84,
];
const OTHER_WIDTHS: Readonly<Record<string, number>> = { '\u2009': 20, '·': 32, '–': 50, '×': 84, ρ: 63 };

/** Width of text in regular DejaVu Sans, to place things beside it without a font at hand. */
export function textWidth(text: string, fontSize: number): number {
  let hundredths = 0;
  for (const c of text) hundredths += OTHER_WIDTHS[c] ?? WIDTHS[c.charCodeAt(0) - 32] ?? 64;
  return (hundredths / 100) * fontSize;
}
