/**
 * Knowing when not to answer: a slice's features against those of calibration patients. A feature's distance is 1 at the
 * end of the middle 95 % of calibration slices; a slice is as unusual as its farthest feature. The limit is the distance
 * that 98.5 % of calibration *patients* keep within, for the images and for regions separately, so that about 3 % of good
 * patients are called unusual. It says that something is unlike what the model knows, not that the map is wrong; and what
 * looks like a liver passes, whatever it is: often a spin-lock time that is 20 % wrong, for one.
 */
import { quantileOfSorted } from '../core/statistics.ts';
import type { Features } from './input-features.ts';

export type Verdict = 'in range' | 'unusual' | 'refuse';

export interface InputCheck {
  readonly verdict: Verdict;
  /** What is unlike calibration patients, in words; empty where all is in range. */
  readonly reasons: readonly string[];
}

export interface FeatureRange {
  readonly median: number;
  /** Ends of the middle 95 %. */
  readonly low: number;
  readonly high: number;
}

export interface FeatureRanges {
  readonly ranges: Readonly<Record<string, FeatureRange>>;
  /** Distance beyond which a slice is unusual. */
  readonly limit: number;
}

export interface InputRanges {
  readonly image: FeatureRanges;
  readonly region: FeatureRanges;
}

const isOfRegion = (name: string): boolean => name.startsWith('region');

/** @param patients features of each calibration patient's slices. */
export function fitInputRanges(patients: readonly (readonly Features[])[]): InputRanges {
  const names = Object.keys(patients[0]?.[0] ?? {});
  return {
    image: rangesOf(
      names.filter((name) => !isOfRegion(name)),
      patients,
    ),
    region: rangesOf(names.filter(isOfRegion), patients),
  };
}

const SHARE_WITHIN = 0.985;

function rangesOf(names: readonly string[], patients: readonly (readonly Features[])[]): FeatureRanges {
  const ranges = Object.fromEntries(
    names.map((name) => {
      const sorted = Float64Array.from(patients.flat(), (f) => f[name]!)
        .filter(Number.isFinite)
        .sort();
      const at = (p: number): number => quantileOfSorted(sorted, p);
      return [name, { median: at(0.5), low: at(0.025), high: at(0.975) }];
    }),
  );
  const farthest = Float64Array.from(patients, (own) =>
    Math.max(1, ...own.flatMap((f) => names.map((name) => distance(f[name]!, ranges[name]!)))),
  ).sort();
  return { ranges, limit: farthest.length > 0 ? quantileOfSorted(farthest, SHARE_WITHIN) : 1 };
}

function distance(value: number, { median, low, high }: FeatureRange): number {
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  // A feature that calibration slices do not vary in (no cut-off pixel at all) must not divide by 0.
  const least = 1e-3 + 0.01 * Math.abs(median);
  return value > median
    ? (value - median) / Math.max(high - median, least)
    : (median - value) / Math.max(median - low, least);
}

/** This many times the limit is no liver image that the model could know. */
const REFUSE = 2;

export function checkFeatures(features: Features, ranges: InputRanges): InputCheck {
  const found = [ranges.image, ranges.region].flatMap(({ ranges: own, limit }) =>
    Object.entries(own).flatMap(([name, range]) => {
      const value = features[name];
      if (value === undefined) return [];
      const beyond = distance(value, range) / limit;
      return beyond > 1 ? [{ name, value, range, beyond }] : [];
    }),
  );
  found.sort((a, b) => b.beyond - a.beyond);
  const verdict = found.length === 0 ? 'in range' : found[0]!.beyond > REFUSE ? 'refuse' : 'unusual';
  return { verdict, reasons: found.map(({ name, value, range }) => words(name, value, range)) };
}

interface FeatureWords {
  readonly what: string;
  readonly unit: string;
  /** Stored as a logarithm. */
  readonly isLog?: boolean;
  readonly digits: number;
}

const WORDS: Readonly<Record<string, FeatureWords>> = {
  bodyRatio: {
    what: 'signal of the later image as a part of the first (check times and order)',
    unit: '',
    digits: 2,
  },
  bodyCutShare: { what: 'share of body pixels at a cut-off (check the times)', unit: '', digits: 2 },
  bodyNoise: { what: 'noise of the first image as a part of its signal', unit: '', isLog: true, digits: 3 },
  shiftPixels: {
    what: 'shift between the two images (motion, or another slice)',
    unit: ' pixels',
    digits: 1,
  },
  regionCoarseMs: { what: 'coarse T1rho of the region (times, or not liver)', unit: ' ms', digits: 1 },
  regionCutShare: {
    what: 'share of region pixels at a cut-off (not liver, or the times)',
    unit: '',
    digits: 2,
  },
  regionSignal: {
    what: "the region's signal as a part of the brightest tissue (not liver)",
    unit: '',
    isLog: true,
    digits: 2,
  },
  regionSpreadMs: { what: 'spread of T1rho within the region (not one tissue)', unit: ' ms', digits: 1 },
  regionCorrectionMs: { what: 'what the network takes off the coarse map', unit: ' ms', digits: 2 },
  regionCorrectionSpreadMs: { what: 'spread of what the network takes off', unit: ' ms', digits: 2 },
  regionNoise: {
    what: 'noise of the first image in the region, as a part of its signal',
    unit: '',
    isLog: true,
    digits: 3,
  },
  regionNoiseLong: {
    what: 'noise of the later image in the region, as a part of its signal',
    unit: '',
    isLog: true,
    digits: 3,
  },
  regionSigmaMs: { what: 'uncertainty in the region', unit: ' ms', isLog: true, digits: 2 },
};

function words(name: string, value: number, { low, high }: FeatureRange): string {
  const { what, unit, isLog, digits } = WORDS[name] ?? { what: name, unit: '', digits: 2 };
  const text = (x: number): string => (isLog ? Math.exp(x) : x).toFixed(digits);
  if (!Number.isFinite(value)) return `${what}: there is no number`;
  return `${what}: ${text(value)}${unit}, usual ${text(low)}–${text(high)}${unit}`;
}

const SEVERITY: readonly Verdict[] = ['in range', 'unusual', 'refuse'];

/** The worst of several checks, with all reasons, each once. */
export function worstCheck(checks: readonly InputCheck[]): InputCheck {
  const worst = Math.max(0, ...checks.map(({ verdict }) => SEVERITY.indexOf(verdict)));
  return { verdict: SEVERITY[worst]!, reasons: [...new Set(checks.flatMap(({ reasons }) => reasons))] };
}
