/**
 * Spin-lock preparation: the longitudinal magnetisation after the module, starting from equilibrium.
 *
 * Every block is a rotation about the effective field w = 2π·(f·b1·cos φ, f·b1·sin φ, ΔB0) under dM/dt = M × w. During
 * a lock the component along w relaxes with 1/T1rho,eff = cos²α/T1 + sin²α/T1rho (α = angle of w to z) towards
 * the equilibrium projected on w, the component across it with T2rho. Pulses are rectangular and of finite length,
 * scaled by b1 and off resonance too; relaxation during them is neglected. Transverse magnetisation is crushed after
 * the module. Chen W., Quant Imaging Med Surg 2015;5(6):858 describes the modules.
 *
 * The product of rotations is evaluated as it stands, not from a table: one signal costs about 0.3 µs, no more than
 * a table that resolves the oscillation with b1 (20 turns per unit of b1 at TSL 50 ms and 400 Hz).
 */
export const SPIN_LOCK_MODULES = ['simple', 'rotary', 'composite', 'balanced'] as const;

/**
 * Phases with y as the lock axis:
 * - `simple`: 90x, lock +y (TSL), 90−x
 * - `rotary`: 90x, lock +y (TSL/2), lock −y (TSL/2), 90−x
 * - `composite`: 90x, lock +y (TSL/2), 180y, lock −y (TSL/2), 90−x
 * - `balanced`: 90x, lock +y (TSL/4), 180y, lock −y (TSL/2), 180−y, lock +y (TSL/4), 90−x
 */
export type SpinLockModule = (typeof SPIN_LOCK_MODULES)[number];

export interface SpinLockSettings {
  readonly module: SpinLockModule;
  /** Amplitude of the lock, Hz, at b1 = 1. */
  readonly spinLockFrequencyHz: number;
  /** Length of a 90° pulse, ms; a 180° pulse lasts twice as long. */
  readonly pulse90Ms: number;
}

/** What a tissue needs for the lock, ms. */
export interface SpinLockRelaxation {
  readonly t1Ms: number;
  readonly t1rhoMs: number;
  readonly t2rhoMs: number;
}

/** Evaluates one place (field) after another; within a place, any tissue and any of the spin-lock times. */
export interface SpinLockKernel {
  /** Sets the off-resonance ΔB0 (Hz) and the relative transmit field b1 (1 = nominal). */
  setField(b0Hz: number, b1: number): void;
  /** Mz after the module for spin-lock time number `tslIndex`, relative to equilibrium. */
  signal(tslIndex: number, relaxation: SpinLockRelaxation): number;
}

/** Kernel of one module for fixed spin-lock times (ms). It reuses its buffers: one kernel per worker. */
export function createSpinLockKernel(settings: SpinLockSettings, tslMs: readonly number[]): SpinLockKernel {
  const { module, spinLockFrequencyHz, pulse90Ms } = settings;
  const nLocks = module === 'balanced' ? 3 : module === 'simple' ? 1 : 2;
  const hasPulse = module === 'composite' || module === 'balanced';
  /** Duration of the first lock; the middle one of `balanced` is twice as long. */
  const partMs = tslMs.map((t) => t / (module === 'balanced' ? 4 : nLocks));

  /** Magnetisation after the first pulse; the last pulse's part of it that ends along z has −x and the same y, z. */
  const start = new Float64Array(3);
  /** Axis of the +y lock; the −y lock has the opposite y. */
  let [ny, nz] = [1, 0];
  /** 180° pulses about +y and −y, row-major. */
  const flips = [new Float64Array(9), new Float64Array(9)] as const;
  const cosines = new Float64Array(tslMs.length);
  const sines = new Float64Array(tslMs.length);

  function setPulses(b0Hz: number, b1: number): void {
    const f = b1 / (4 * pulse90Ms * 1e-3);
    const length = fieldHz(f, b0Hz);
    const turn = 2 * Math.PI * length * pulse90Ms * 1e-3;
    const t = length > 0 ? f / length : 0;
    const z = length > 0 ? b0Hz / length : 1;
    const c = Math.cos(turn);
    const s = Math.sin(turn);
    start[0] = (1 - c) * z * t;
    start[1] = s * t;
    start[2] = c + (1 - c) * z * z;
    if (!hasPulse) return;
    fillFlip(flips[0], t, z, c, s);
    fillFlip(flips[1], -t, z, c, s);
  }

  function setField(b0Hz: number, b1: number): void {
    setPulses(b0Hz, b1);
    const f = spinLockFrequencyHz * b1;
    const effectiveHz = fieldHz(f, b0Hz);
    ny = effectiveHz > 0 ? f / effectiveHz : 0;
    nz = effectiveHz > 0 ? b0Hz / effectiveHz : 1;
    for (let i = 0; i < tslMs.length; i++) {
      const angle = 2 * Math.PI * effectiveHz * partMs[i]! * 1e-3;
      cosines[i] = Math.cos(angle);
      sines[i] = Math.sin(angle);
    }
  }

  function signal(tslIndex: number, { t1Ms, t1rhoMs, t2rhoMs }: SpinLockRelaxation): number {
    const r1 = (nz * nz) / t1Ms + (ny * ny) / t1rhoMs;
    const equilibrium = nz / (t1Ms * r1);
    const part = partMs[tslIndex]!;
    let decayAlong = Math.exp(-r1 * part);
    let decayAcross = Math.exp(-part / t2rhoMs);
    let c = cosines[tslIndex]!;
    let s = sines[tslIndex]!;
    let x = start[0]!;
    let y = start[1]!;
    let z = start[2]!;
    for (let lock = 0; lock < nLocks; lock++) {
      if (lock > 0 && hasPulse) {
        const m = flips[lock - 1]!;
        const px = x;
        const py = y;
        const pz = z;
        x = m[0]! * px + m[1]! * py + m[2]! * pz;
        y = m[3]! * px + m[4]! * py + m[5]! * pz;
        z = m[6]! * px + m[7]! * py + m[8]! * pz;
      }
      const middle = nLocks === 3 && lock === 1;
      if (nLocks === 3 && lock > 0) {
        // Twice the duration and back again.
        [c, s] = middle ? [c * c - s * s, 2 * c * s] : [cosines[tslIndex]!, sines[tslIndex]!];
        decayAlong = middle ? decayAlong * decayAlong : Math.exp(-r1 * part);
        decayAcross = middle ? decayAcross * decayAcross : Math.exp(-part / t2rhoMs);
      }
      const yAxis = lock === 1 ? -ny : ny;
      const along = y * yAxis + z * nz;
      const ax = x;
      const ay = y - along * yAxis;
      const az = z - along * nz;
      const relaxed = (along - equilibrium) * decayAlong + equilibrium;
      x = decayAcross * (c * ax + s * (ay * nz - az * yAxis));
      y = relaxed * yAxis + decayAcross * (c * ay - s * ax * nz);
      z = relaxed * nz + decayAcross * (c * az + s * ax * yAxis);
    }
    return start[1]! * y + start[2]! * z - start[0]! * x;
  }

  return { setField, signal };
}

/** The smallest number that has all its digits. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Length of the field (0, f, ΔB0), Hz. Below 1.5e-154 Hz its square loses digits, and with it the axis its length 1: a
 * field that turns nothing within the age of the universe counts as none, whose axis is z.
 */
function fieldHz(f: number, b0Hz: number): number {
  const squared = f * f + b0Hz * b0Hz;
  return squared < SMALLEST_NORMAL ? 0 : Math.sqrt(squared);
}

/** Rotation about (0, t, z) by twice the angle whose cosine and sine are given. */
function fillFlip(out: Float64Array, t: number, z: number, cosine: number, sine: number): void {
  const c = cosine * cosine - sine * sine;
  const s = 2 * cosine * sine;
  out[0] = c;
  out[1] = s * z;
  out[2] = -s * t;
  out[3] = -s * z;
  out[4] = c + (1 - c) * t * t;
  out[5] = (1 - c) * t * z;
  out[6] = s * t;
  out[7] = (1 - c) * t * z;
  out[8] = c + (1 - c) * z * z;
}
