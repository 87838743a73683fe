/**
 * Signal equations as data: one declaration per model names its parameters and gives signal and derivatives, and
 * simulation, fits, error bounds and documentation all start from it. Delays are what the scanner varies: spin-lock
 * times (T1ρ) or echo times (T2, T2*).
 */
export type DecayModelName = 'mono-exponential' | 'offset-exponential';

export interface DecayParameter {
  readonly name: 's0' | 'timeMs' | 'offset';
  /** `signal`: the arbitrary unit of the images. */
  readonly unit: 'signal' | 'ms';
  readonly meaning: string;
}

export interface DecayModel {
  readonly equation: string;
  readonly parameters: readonly DecayParameter[];
  /** Signal at a delay in ms; `values` in the order of `parameters`. */
  signal(values: readonly number[], delayMs: number): number;
  /** Derivatives of the signal by each parameter. */
  gradient(values: readonly number[], delayMs: number): number[];
}

const S0: DecayParameter = { name: 's0', unit: 'signal', meaning: 'decaying signal at delay 0' };
const TIME: DecayParameter = { name: 'timeMs', unit: 'ms', meaning: 'relaxation time' };
const OFFSET: DecayParameter = { name: 'offset', unit: 'signal', meaning: 'signal that does not decay' };

export const DECAY_MODELS: Readonly<Record<DecayModelName, DecayModel>> = {
  'mono-exponential': {
    equation: 'S = S0·exp(−t/T)',
    parameters: [S0, TIME],
    signal: ([s0, timeMs]: readonly number[], t) => s0! * Math.exp(-t / timeMs!),
    gradient: ([s0, timeMs]: readonly number[], t) => {
      const e = Math.exp(-t / timeMs!);
      return [e, (s0! * e * t) / timeMs! ** 2];
    },
  },
  'offset-exponential': {
    equation: 'S = S0·exp(−t/T) + C',
    parameters: [S0, TIME, OFFSET],
    signal: ([s0, timeMs, offset]: readonly number[], t) => s0! * Math.exp(-t / timeMs!) + offset!,
    gradient: ([s0, timeMs]: readonly number[], t) => {
      const e = Math.exp(-t / timeMs!);
      return [e, (s0! * e * t) / timeMs! ** 2, 1];
    },
  },
};

/**
 * Cramér–Rao bound: the smallest SD in ms that an unbiased estimate of T can have under white Gaussian noise of SD
 * `sigma`. √ of the T element of σ²·(JᵀJ)⁻¹, J the model's derivatives at the delays.
 */
export function cramerRaoTimeMs(
  model: DecayModel,
  values: readonly number[],
  delaysMs: readonly number[],
  sigma: number,
): number {
  const rows = delaysMs.map((t) => model.gradient(values, t));
  const place = model.parameters.findIndex((parameter) => parameter.name === 'timeMs');
  // 1/(JᵀJ)⁻¹_TT is what is left of the T column once the other columns are projected out (Gram–Schmidt).
  const columns = model.parameters.map((_, p) => rows.map((row) => row[p]!));
  const basis: number[][] = [];
  const reduced = (column: readonly number[]): number[] =>
    basis.reduce<number[]>(
      (rest, b) => rest.map((x, i) => x - (dot(rest, b) / dot(b, b)) * b[i]!),
      [...column],
    );
  for (const [p, column] of columns.entries()) if (p !== place) basis.push(reduced(column));
  const own = reduced(columns[place]!);
  return sigma / Math.sqrt(dot(own, own));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
