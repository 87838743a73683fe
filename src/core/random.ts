/**
 * Seeded random numbers: sfc32 (public domain, passes PractRand), started from a hash of a seed and a path of labels.
 * `fork` derives an independent stream by name, so that a draw added in one place moves nothing elsewhere and
 * results do not depend on the order or number of workers.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform whole number in [0, n). */
  integer(n: number): number;
  /** Independent stream named by `label`; does not advance this one. */
  fork(label: string | number): Random;
  /** State for a checkpoint; `restoreRandom` continues from it. */
  state(): RandomState;
}

export interface RandomState {
  readonly path: string;
  readonly words: readonly [number, number, number, number];
  readonly spareNormal: number | null;
}

export function createRandom(seed: number | string): Random {
  const path = String(seed);
  const random = fromState({ path, words: hashWords(path), spareNormal: null });
  for (let i = 0; i < 12; i++) random.uniform();
  return random;
}

export const restoreRandom = (state: RandomState): Random => fromState(state);

function fromState(start: RandomState): Random {
  let [a, b, c, counter] = start.words;
  let spare = start.spareNormal;

  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  const uniform = (): number => next() / 4294967296;

  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    // Marsaglia's polar method: two normals a round, no trigonometry.
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * f;
        return u * f;
      }
    }
  };

  return {
    uniform,
    normal,
    integer: (n) => Math.floor(uniform() * n),
    fork: (label) => createRandom(`${start.path}/${label}`),
    state: () => ({ path: start.path, words: [a, b, c, counter], spareNormal: spare }),
  };
}

/** Four 32-bit words from a string (cyrb128 by bryc, public domain): near seeds give unrelated streams. */
function hashWords(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1];
}
