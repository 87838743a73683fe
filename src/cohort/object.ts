/**
 * The object before the readout: transverse magnetisation of every fine pixel after the spin-lock, for each TSL.
 *
 * Tissues are kept in three planes, because the readout treats them differently: short T2 and long T2 are blurred
 * differently by the echo train, and fat is displaced by its chemical shift. Blood is kept apart, because its signal
 * changes from image to image.
 */
import type { SpinLockKernel, SpinLockRelaxation } from '../signal/spin-lock.ts';
import type { SliceFields } from './fields.ts';
import type { CohortParameters } from './parameters.ts';
import { type SliceScene, TISSUE_INDEX, type Tissue } from './scene.ts';
import type { PatientTissues, TissueProperties } from './tissue.ts';

export const PLANES = ['short', 'long', 'fat'] as const;

export type PlaneName = (typeof PLANES)[number];

/** Blood of one slice: the fine pixels that hold some. */
export interface BloodSignal {
  readonly pixel: Int32Array;
  readonly tissue: Uint8Array;
  /** `[tsl, entry]`. */
  readonly signal: Float32Array;
}

/** What the receiver could see: relative signal per fine pixel, `[tsl, row, column]` in each plane. */
export interface ObjectSignal {
  readonly planes: Readonly<Record<PlaneName, Float32Array>>;
  readonly blood: BloodSignal;
}

export const BLOOD: readonly Tissue[] = ['artery', 'portal-vein', 'hepatic-vein', 'vena-cava', 'slow-blood'];
const BLOOD_INDICES: ReadonlySet<number> = new Set(BLOOD.map((tissue) => TISSUE_INDEX[tissue]));

/** T2 that separates the planes; liver and muscle are below, spleen, kidney and fluids above. */
const SHORT_T2_MS = 45;

const IDEAL = { b0Hz: 0, b1: 1 } as const;

/** On resonance at nominal b1 every module is a plain decay; fat is never on resonance and keeps the module. */
function idealKernel(kernel: SpinLockKernel, { spinLock }: CohortParameters): SpinLockKernel {
  let offResonant = false;
  return {
    setField: (b0Hz, b1) => {
      offResonant = b0Hz !== 0;
      if (offResonant) kernel.setField(b0Hz, b1);
    },
    signal: (tslIndex, relaxation) =>
      offResonant
        ? kernel.signal(tslIndex, relaxation)
        : Math.exp(-spinLock.tslMs[tslIndex]! / relaxation.t1rhoMs),
  };
}

/**
 * Builds the object of one slice. Without fields, every pixel has ΔB0 0 and b1 1 (the truth's ideal scanner).
 */
export function createObjectSignal(
  scene: SliceScene,
  fields: SliceFields | undefined,
  tissues: PatientTissues,
  kernel: SpinLockKernel,
  parameters: CohortParameters,
): ObjectSignal {
  const nTsl = parameters.spinLock.tslMs.length;
  const nPixels = scene.nRows * scene.nColumns;
  const plane = (): Float32Array => new Float32Array(nTsl * nPixels);
  const planes: Record<PlaneName, Float32Array> = { short: plane(), long: plane(), fat: plane() };
  const visible = [...scene.fractions].filter(([tissue]) => tissues[tissue]!.signal > 0);
  const blood = emptyBlood(visible, nTsl);
  const nBlood = blood.pixel.length;
  const targets = visible.map(([tissue]) =>
    BLOOD_INDICES.has(tissue) ? undefined : planes[planeOf(tissue, tissues[tissue]!)],
  );
  const air = scene.fractions.get(TISSUE_INDEX.air);
  const response = fields === undefined ? idealKernel(kernel, parameters) : kernel;
  const respond = createResponse(tissues, response, parameters);
  const values = new Float64Array(nTsl);
  let entry = 0;
  for (let pixel = 0; pixel < nPixels; pixel++) {
    if (air?.[pixel] === 1) continue;
    const b0Hz = fields?.b0Hz[pixel] ?? IDEAL.b0Hz;
    const b1 = fields?.b1[pixel] ?? IDEAL.b1;
    let isSet = false;
    const texture = scene.signalTexture[pixel]!;
    for (let v = 0; v < visible.length; v++) {
      const [tissue, fractions] = visible[v]!;
      const fraction = fractions[pixel]!;
      if (fraction === 0) continue;
      const isFat = tissue === TISSUE_INDEX.fat;
      if (!isSet && !isFat) response.setField(b0Hz, b1);
      isSet = !isFat;
      respond(tissue, b0Hz, b1, scene.liverT1rhoFactor[pixel]!, scene.fastShareFactor[pixel]!, values);
      const { textureSd } = tissues[tissue]!;
      const amount = textureSd === 0 ? fraction : fraction * Math.exp(textureSd * (texture - textureSd / 2));
      const target = targets[v];
      if (target === undefined) {
        blood.pixel[entry] = pixel;
        blood.tissue[entry] = tissue;
        for (let t = 0; t < nTsl; t++) blood.signal[t * nBlood + entry] = fraction * values[t]!;
        entry++;
      } else for (let t = 0; t < nTsl; t++) target[t * nPixels + pixel]! += amount * values[t]!;
    }
  }
  return { planes, blood };
}

/** Room for every fine pixel that holds some blood. */
function emptyBlood(visible: readonly (readonly [number, Float32Array])[], nTsl: number): BloodSignal {
  let n = 0;
  for (const [tissue, fractions] of visible)
    if (BLOOD_INDICES.has(tissue)) for (let i = 0; i < fractions.length; i++) if (fractions[i]! > 0) n++;
  return { pixel: new Int32Array(n), tissue: new Uint8Array(n), signal: new Float32Array(nTsl * n) };
}

const planeOf = (tissue: number, { t2Ms }: TissueProperties): PlaneName => {
  if (tissue === TISSUE_INDEX.fat) return 'fat';
  // A scarred liver's T2 comes close to the limit, but the short plane is blurred by the liver's own T2.
  return tissue === TISSUE_INDEX.liver || t2Ms < SHORT_T2_MS ? 'short' : 'long';
};

type Response = (
  tissue: number,
  b0Hz: number,
  b1: number,
  t1rhoFactor: number,
  fastFactor: number,
  out: Float64Array,
) => void;

/** Signal of a tissue for every TSL; the kernel's field must be set, except for fat, which has its own. */
function createResponse(
  tissues: PatientTissues,
  kernel: SpinLockKernel,
  { readout, spinLock }: CohortParameters,
): Response {
  const { fatOffsetHz, fatUnsuppressed, spairEdgeHz, spairWidthHz, refocusingExponent } = readout;
  const relaxations = tissues.map(
    ({ t1Ms, t2Ms, t1rhoMs }): SpinLockRelaxation => ({ t1Ms, t1rhoMs, t2rhoMs: t2Ms }),
  );
  const nTsl = spinLock.tslMs.length;
  const fat = TISSUE_INDEX.fat;
  kernel.setField(fatOffsetHz, 1);
  // The table's fat signal was measured behind the spin-lock, which fat meets far off resonance.
  const fatPassed = Math.max(0.2, Math.abs(kernel.signal(0, relaxations[fat]!)));

  return (tissue, b0Hz, b1, t1rhoFactor, fastFactor, out) => {
    const { signal, t1Ms, t2Ms, t1rhoMs, fastShare, fastT1rhoMs } = tissues[tissue]!;
    let scale = signal * Math.max(0, Math.sin((Math.PI / 2) * b1)) ** refocusingExponent;
    let slow = relaxations[tissue]!;
    if (tissue === fat) {
      kernel.setField(b0Hz + fatOffsetHz, b1);
      const lost = 1 / (1 + Math.exp(-(Math.abs(b0Hz) - spairEdgeHz) / spairWidthHz));
      scale *= (1 + (fatUnsuppressed - 1) * lost) / fatPassed;
    }
    if (tissue === TISSUE_INDEX.liver) slow = { t1Ms, t2rhoMs: t2Ms, t1rhoMs: t1rhoMs * t1rhoFactor };
    const share = Math.min(0.5, fastShare * fastFactor);
    const fast: SpinLockRelaxation = { t1Ms, t1rhoMs: fastT1rhoMs, t2rhoMs: fastT1rhoMs };
    for (let t = 0; t < nTsl; t++) {
      let value = (1 - share) * kernel.signal(t, slow);
      if (share > 0) value += share * kernel.signal(t, fast);
      out[t] = scale * value;
    }
  };
}
