/**
 * Discrete Fourier transform of any length: radix 2 in place, and Bluestein's chirp for lengths that are not a power
 * of two (190 phase-encoding lines, 448² images). Complex numbers are two float64 arrays. No scaling forwards, 1/n
 * backwards. Tuned no further: a patient spends under a second here.
 */
export interface Fft {
  readonly length: number;
  /** Transforms `length` values in place, starting at `offset`, `stride` apart. */
  forward(re: Float64Array, im: Float64Array, offset?: number, stride?: number): void;
  inverse(re: Float64Array, im: Float64Array, offset?: number, stride?: number): void;
}

type InPlace = (re: Float64Array, im: Float64Array) => void;

/** Transform of `length` ≥ 1 values. It reuses its buffers: not for concurrent use. */
export function createFft(length: number): Fft {
  const transform = (length & (length - 1)) === 0 ? radix2(length) : bluestein(length);
  const [bufferRe, bufferIm] = [new Float64Array(length), new Float64Array(length)];

  const run = (
    re: Float64Array,
    im: Float64Array,
    offset: number,
    stride: number,
    inverse: boolean,
  ): void => {
    // The inverse is the forward transform with real and imaginary parts exchanged.
    const [from, to] = inverse ? [im, re] : [re, im];
    for (let i = 0, k = offset; i < length; i++, k += stride) {
      bufferRe[i] = from[k]!;
      bufferIm[i] = to[k]!;
    }
    transform(bufferRe, bufferIm);
    const scale = inverse ? 1 / length : 1;
    for (let i = 0, k = offset; i < length; i++, k += stride) {
      from[k] = bufferRe[i]! * scale;
      to[k] = bufferIm[i]! * scale;
    }
  };
  return {
    length,
    forward: (re, im, offset = 0, stride = 1) => run(re, im, offset, stride, false),
    inverse: (re, im, offset = 0, stride = 1) => run(re, im, offset, stride, true),
  };
}

/** Cooley–Tukey, decimation in time. */
function radix2(n: number): InPlace {
  const reversed = new Uint32Array(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    reversed[i] = j;
  }
  const cosine = new Float64Array(n / 2);
  const sine = new Float64Array(n / 2);
  for (let k = 0; k < n / 2; k++) {
    cosine[k] = Math.cos((2 * Math.PI * k) / n);
    sine[k] = -Math.sin((2 * Math.PI * k) / n);
  }
  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i]!;
      if (i >= j) continue;
      const [r, s] = [re[i]!, im[i]!];
      re[i] = re[j]!;
      im[i] = im[j]!;
      re[j] = r;
      im[j] = s;
    }
    for (let half = 1; half < n; half *= 2) {
      const step = n / (2 * half);
      for (let k = 0; k < half; k++) {
        const c = cosine[k * step]!;
        const s = sine[k * step]!;
        for (let a = k; a < n; a += 2 * half) {
          const b = a + half;
          const r = re[b]! * c - im[b]! * s;
          const i = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - r;
          im[b] = im[a]! - i;
          re[a] = re[a]! + r;
          im[a] = im[a]! + i;
        }
      }
    }
  };
}

/** Bluestein: jk = (j² + k² − (k−j)²)/2 turns the transform into a convolution of power-of-two length. */
function bluestein(n: number): InPlace {
  let m = 1;
  while (m < 2 * n - 1) m *= 2;
  const inner = radix2(m);
  const angle = (k: number): number => (Math.PI * ((k * k) % (2 * n))) / n;
  const chirpRe = Float64Array.from({ length: n }, (_, k) => Math.cos(angle(k)));
  const chirpIm = Float64Array.from({ length: n }, (_, k) => Math.sin(angle(k)));
  const [kernelRe, kernelIm] = [new Float64Array(m), new Float64Array(m)];
  for (let k = 0; k < n; k++)
    for (const at of k === 0 ? [0] : [k, m - k]) {
      kernelRe[at] = chirpRe[k]!;
      kernelIm[at] = chirpIm[k]!;
    }
  inner(kernelRe, kernelIm);
  const [workRe, workIm] = [new Float64Array(m), new Float64Array(m)];
  return (re, im) => {
    workRe.fill(0);
    workIm.fill(0);
    for (let k = 0; k < n; k++) {
      const c = chirpRe[k]!;
      const s = -chirpIm[k]!;
      workRe[k] = re[k]! * c - im[k]! * s;
      workIm[k] = re[k]! * s + im[k]! * c;
    }
    inner(workRe, workIm);
    for (let k = 0; k < m; k++) {
      const [r, i] = [workRe[k]!, workIm[k]!];
      workRe[k] = r * kernelRe[k]! - i * kernelIm[k]!;
      workIm[k] = r * kernelIm[k]! + i * kernelRe[k]!;
    }
    inner(workIm, workRe);
    for (let k = 0; k < n; k++) {
      const c = chirpRe[k]!;
      const s = -chirpIm[k]!;
      re[k] = (workRe[k]! * c - workIm[k]! * s) / m;
      im[k] = (workRe[k]! * s + workIm[k]! * c) / m;
    }
  };
}
