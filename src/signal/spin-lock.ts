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

type Vector = [number, number, number];

/** Rotates M by `angle` about the unit vector n under dM/dt = M × n. */
function rotate(m: Vector, n: Vector, angle: number): Vector {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const along = (1 - c) * (m[0] * n[0] + m[1] * n[1] + m[2] * n[2]);
  return [
    c * m[0] + along * n[0] + s * (m[1] * n[2] - m[2] * n[1]),
    c * m[1] + along * n[1] + s * (m[2] * n[0] - m[0] * n[2]),
    c * m[2] + along * n[2] + s * (m[0] * n[1] - m[1] * n[0]),
  ];
}

/** Kernel of one module for fixed spin-lock times (ms). It reuses its buffers: one kernel per worker. */
export function createSpinLockKernel(settings: SpinLockSettings, tslMs: readonly number[]): SpinLockKernel {
  const { module, spinLockFrequencyHz, pulse90Ms } = settings;
  const nLocks = module === 'balanced' ? 3 : module === 'simple' ? 1 : 2;
  const hasPulse = module === 'composite' || module === 'balanced';
  /** Duration of the first lock; the middle one of `balanced` is twice as long. */
  const partMs = tslMs.map((t) => t / (module === 'balanced' ? 4 : nLocks));

  let start: Vector = [0, 0, 1];
  let end: Vector = [0, 0, 1];
  /** Axis of the +y lock; the −y lock has the opposite y. */
  let [ny, nz] = [1, 0];
  /** 180° pulses about y and −y, row-major. */
  const flip = [new Float64Array(9), new Float64Array(9)];
  const cosines = new Float64Array(tslMs.length);
  const sines = new Float64Array(tslMs.length);

  function setPulses(b0Hz: number, b1: number): void {
    const f = b1 / (4 * pulse90Ms * 1e-3);
    const length = Math.hypot(f, b0Hz);
    const turn = 2 * Math.PI * length * pulse90Ms * 1e-3;
    const [t, z] = length > 0 ? [f / length, b0Hz / length] : [0, 1];
    start = rotate([0, 0, 1], [t, 0, z], turn);
    // Row z of the last pulse's rotation: the inverse rotation applied to z.
    end = rotate([0, 0, 1], [-t, 0, z], -turn);
    if (!hasPulse) return;
    for (let column = 0; column < 3; column++) {
      const unit: Vector = [0, 0, 0];
      unit[column] = 1;
      for (const [k, sign] of [1, -1].entries()) {
        const image = rotate(unit, [0, sign * t, z], 2 * turn);
        for (let row = 0; row < 3; row++) flip[k]![3 * row + column] = image[row]!;
      }
    }
  }

  function setField(b0Hz: number, b1: number): void {
    setPulses(b0Hz, b1);
    const f = spinLockFrequencyHz * b1;
    const effectiveHz = Math.hypot(f, b0Hz);
    [ny, nz] = effectiveHz > 0 ? [f / effectiveHz, b0Hz / effectiveHz] : [0, 1];
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
    let [c, s] = [cosines[tslIndex]!, sines[tslIndex]!];
    let [x, y, z] = start;
    for (let lock = 0; lock < nLocks; lock++) {
      if (lock > 0 && hasPulse) {
        const m = flip[lock - 1]!;
        const [px, py, pz] = [x, y, z];
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
      const [ax, ay, az] = [x, y - along * yAxis, z - along * nz];
      const relaxed = (along - equilibrium) * decayAlong + equilibrium;
      x = decayAcross * (c * ax + s * (ay * nz - az * yAxis));
      y = relaxed * yAxis + decayAcross * (c * ay - s * ax * nz);
      z = relaxed * nz + decayAcross * (c * az + s * ax * yAxis);
    }
    return end[0] * x + end[1] * y + end[2] * z;
  }

  return { setField, signal };
}
