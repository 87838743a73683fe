/** Numbers as reports print them: fixed digits, a real minus sign, a dash for what is not known. */
export type MaybeNumber = number | null | undefined;

/** In a stored record, what was NaN is null. */
export const isKnown = (value: MaybeNumber): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

export const UNKNOWN = '–';

export function fixed(value: MaybeNumber, digits: number): string {
  if (!isKnown(value)) return UNKNOWN;
  const text = value.toFixed(digits);
  // No minus before a zero.
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

export const signed = (value: MaybeNumber, digits: number): string =>
  isKnown(value) && Number(value.toFixed(digits)) > 0 ? `+${fixed(value, digits)}` : fixed(value, digits);

export const spread = (mean: MaybeNumber, standardDeviation: MaybeNumber, digits: number): string =>
  `${fixed(mean, digits)} ± ${fixed(standardDeviation, digits)}`;

export const interval = (range: readonly MaybeNumber[] | undefined, digits: number): string =>
  range?.every(isKnown) ? `${fixed(range[0], digits)} to ${fixed(range[1], digits)}` : UNKNOWN;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Below it a p-value is only rounding error of its computation. */
const SMALLEST_P = 1e-300;

export function pValue(p: MaybeNumber): string {
  if (!isKnown(p)) return UNKNOWN;
  if (p < SMALLEST_P) return `< 10${superscript(-300)}`;
  if (p >= 0.001) return p.toFixed(3);
  const [mantissa, exponent] = p.toExponential(2).split('e');
  return `${mantissa} × 10${superscript(Number(exponent))}`;
}

/** `= 0.012` or `< 10⁻³⁰⁰`, to follow the letter p. */
export const pEquals = (p: MaybeNumber): string => (pValue(p).startsWith('<') ? pValue(p) : `= ${pValue(p)}`);

const superscript = (n: number): string =>
  String(n)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);

/** 5,400 s → `1 h 30 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const count = (n: number): string => n.toLocaleString('en-GB');

/** `1 slice`, `2 slices`. */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** `a, b and c`. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** Numbers stay on one line with their signs and units. */
export const unbroken = (text: string): string =>
  text.replace(/(\d|p) (%|ms|±|×|=)(?= |[.,;:)]|$)/g, '$1\u00a0$2').replace(/(±|×|=) (?=[\d−])/g, '$1\u00a0');
