/**
 * Everything that defines a virtual cohort besides its seed and size. `presets/*.json` hold the values, each with
 * its unit and its source (a paper, a measurement, an assumption, or the calibration).
 */
import { z } from 'zod';
import type { SpinLockModule } from '../signal/spin-lock.ts';
import { SPIN_LOCK_MODULES } from '../signal/spin-lock.ts';

type Triple = [number, number, number];
type Range = [number, number];

/** Values of a preset; the JSON says what each means. Lengths in mm, times in ms, fields in Hz, shares from 0 to 1. */
export interface CohortParameters {
  grid: {
    fovMm: number;
    matrix: number;
    sliceThicknessMm: number;
    objectMatrix: number;
    acquiredColumns: number;
    acquiredRows: number;
  };
  spinLock: { module: SpinLockModule; spinLockFrequencyHz: number; pulse90Ms: number; tslMs: number[] };
  fields: {
    fieldStrengthT: number;
    tissuePpm: number;
    fatPpm: number;
    bonePpm: number;
    lungPpm: number;
    airPpm: number;
    shimOrder: number;
    shimBoxMm: Triple;
    centreFrequencySdHz: number;
    b0Scale: number;
    b1Mean: Range;
    b1Sd: Range;
  };
  tissue: {
    liverT1rhoMs: [number, number, number, number, number];
    liverT1rhoSdMs: number;
    fastShare: number;
    fastShareSd: number;
    fastShareTexture: number;
    fastT1rhoMs: number;
    fastT1rhoSdMs: number;
    spread: number;
    regionalSd: number;
    textureSd: number;
    textureCellMm: number;
  };
  readout: {
    echoTrainMs: number;
    t2Stretch: number;
    fatShiftPixels: number;
    fatOffsetHz: number;
    spairEdgeHz: number;
    spairWidthHz: number;
    fatUnsuppressed: number;
    refocusingExponent: number;
    ringingFilter: number;
  };
  variation: {
    gainSdFirst: number;
    gainSdLast: number;
    smoothSd: number;
    bloodSd: number;
    cardiacSd: number;
  };
  motion: { probability: number; minPixels: number; maxPixels: number };
  receive: { shading: number; corrected: number };
  noise: { snr: number; snrLogSdPatients: number; snrLogSdSlices: number; gFactor: number };
  masking: { zeroProbability: number; quietFactor: number };
  storage: { bits: number };
  reader: { style: 'careful' | 'careless' };
}

const positive = z.number().positive().max(1e4);
const spread = z.number().min(0).max(1);
const share = z.number().min(0).max(1);
const whole = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max);
const ascending = ([low, high]: readonly number[]): boolean => low! <= high!;
const range = z.tuple([positive, positive]).refine(ascending, 'the range must not descend');
const ppm = z.number().min(-30).max(30);

/** Value schema and unit of every parameter; the compiler holds it to `CohortParameters`, key by key. */
const SCHEMA: {
  [G in keyof CohortParameters]: {
    [K in keyof CohortParameters[G]]: readonly [z.ZodType<CohortParameters[G][K]>, string];
  };
} = {
  grid: {
    fovMm: [z.number().min(200).max(600), 'mm'],
    matrix: [whole(64, 512), '1'],
    sliceThicknessMm: [z.number().min(1).max(20), 'mm'],
    objectMatrix: [whole(64, 1024).refine((n) => (n & (n - 1)) === 0, 'must be a power of two'), '1'],
    acquiredColumns: [whole(32, 512), '1'],
    acquiredRows: [whole(32, 512), '1'],
  },
  spinLock: {
    module: [z.enum(SPIN_LOCK_MODULES), 'name'],
    spinLockFrequencyHz: [z.number().min(50).max(1500), 'Hz'],
    pulse90Ms: [z.number().min(1e-4).max(5), 'ms'],
    tslMs: [
      z
        .array(z.number().min(0).max(200))
        .min(2)
        .max(16)
        .refine((t) => t.every((v, i) => i === 0 || v > t[i - 1]!), 'spin-lock times must ascend'),
      'ms',
    ],
  },
  fields: {
    fieldStrengthT: [z.number().min(0.5).max(7), 'T'],
    tissuePpm: [ppm, 'ppm'],
    fatPpm: [ppm, 'ppm'],
    bonePpm: [ppm, 'ppm'],
    lungPpm: [ppm, 'ppm'],
    airPpm: [ppm, 'ppm'],
    shimOrder: [whole(0, 2), '1'],
    shimBoxMm: [z.tuple([positive, positive, positive]), 'mm'],
    centreFrequencySdHz: [z.number().min(0).max(100), 'Hz'],
    b0Scale: [z.number().min(0).max(3), '1'],
    b1Mean: [range, '1'],
    b1Sd: [z.tuple([spread, spread]).refine(ascending, 'the range must not descend'), '1'],
  },
  tissue: {
    liverT1rhoMs: [z.tuple([positive, positive, positive, positive, positive]), 'ms'],
    liverT1rhoSdMs: [z.number().min(0).max(20), 'ms'],
    fastShare: [z.number().min(0).max(0.4), '1'],
    fastShareSd: [spread, '1'],
    fastShareTexture: [spread, '1'],
    fastT1rhoMs: [z.number().min(1).max(20), 'ms'],
    fastT1rhoSdMs: [z.number().min(0).max(5), 'ms'],
    spread: [z.number().min(0).max(3), '1'],
    regionalSd: [spread, '1'],
    textureSd: [spread, '1'],
    textureCellMm: [z.number().min(1).max(50), 'mm'],
  },
  readout: {
    echoTrainMs: [z.number().min(0).max(500), 'ms'],
    t2Stretch: [z.number().min(0.5).max(5), '1'],
    fatShiftPixels: [z.number().min(-10).max(10), 'acquired pixels'],
    fatOffsetHz: [z.number().min(-1500).max(1500), 'Hz'],
    spairEdgeHz: [positive, 'Hz'],
    spairWidthHz: [positive, 'Hz'],
    fatUnsuppressed: [z.number().min(1).max(20), '1'],
    refocusingExponent: [z.number().min(0).max(6), '1'],
    ringingFilter: [share, '1'],
  },
  variation: {
    gainSdFirst: [spread, '1'],
    gainSdLast: [spread, '1'],
    smoothSd: [spread, '1'],
    bloodSd: [spread, '1'],
    cardiacSd: [spread, '1'],
  },
  motion: {
    probability: [share, '1'],
    minPixels: [z.number().min(0).max(20), 'pixels'],
    maxPixels: [z.number().min(0).max(20), 'pixels'],
  },
  receive: { shading: [z.number().min(0).max(3), '1'], corrected: [share, '1'] },
  noise: {
    snr: [z.number().min(1).max(1e4), '1'],
    snrLogSdPatients: [spread, '1'],
    snrLogSdSlices: [spread, '1'],
    gFactor: [z.number().min(0).max(3), '1'],
  },
  masking: { zeroProbability: [share, '1'], quietFactor: [z.number().min(1).max(1000), '1'] },
  storage: { bits: [whole(8, 16), '1'] },
  reader: { style: [z.enum(['careful', 'careless']), 'name'] },
};

/** Schema of the `parameters` of a preset file: each with value, unit and source; no group or key may be unknown. */
export function parametersSchema(
  complete: boolean,
): z.ZodType<Record<string, Record<string, { value: unknown }>>> {
  const groups = Object.entries(SCHEMA).map(([group, fields]) => {
    const entries = Object.entries(fields).map(([name, [value, unit]]) => {
      const entry = z.strictObject({ value, unit: z.literal(unit), source: z.string().min(1) });
      return [name, complete ? entry : entry.optional()] as const;
    });
    const schema = z.strictObject(Object.fromEntries(entries));
    return [group, complete ? schema : schema.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(groups)) as unknown as z.ZodType<
    Record<string, Record<string, { value: unknown }>>
  >;
}
