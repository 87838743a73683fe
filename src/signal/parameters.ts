/**
 * The relaxation times that rhomap maps, as data: names, ranges and checks differ, the mathematics does not.
 * Everything that depends on which time is mapped reads this table; no code asks `if (parameter === 't1rho')`.
 */
export type ParameterName = 't1rho' | 't2' | 't2star';

/** A closed interval of times in ms. */
export type RangeMs = readonly [lowMs: number, highMs: number];

export interface RelaxationParameter {
  /** Name of the map, and its BIDS suffix. */
  readonly mapName: string;
  /** Name in running text and on axes. */
  readonly label: string;
  /** What the contrast time is called: a spin-lock or an echo time. */
  readonly timeName: string;
  /** Longest contrast time that makes sense; a longer one is taken for a slip of units. */
  readonly maxTimeMs: number;
  /** Interval in which the fit looks for the time: wider than any tissue, so that only failures end at it. */
  readonly boundsMs: RangeMs;
  /** Values that tissue can have, for colour scales and sanity checks. */
  readonly plausibleMs: RangeMs;
  /** Interval to which the map is clamped unless the user says otherwise; `null`: not clamped. */
  readonly cutoffMs: RangeMs | null;
}

/**
 * T1rho: the cut-off 25–65 ms and the limit of 200 ms for TSL are those of liver T1rho work (TSL 0–50 ms at 3 T).
 * T2 and T2*: echo trains reach several times the longest tissue T2.
 */
export const PARAMETERS: Readonly<Record<ParameterName, RelaxationParameter>> = {
  t1rho: {
    mapName: 'T1rho',
    label: 'T1ρ',
    timeName: 'TSL',
    maxTimeMs: 200,
    boundsMs: [1, 1000],
    plausibleMs: [20, 120],
    cutoffMs: [25, 65],
  },
  t2: {
    mapName: 'T2',
    label: 'T2',
    timeName: 'echo time',
    maxTimeMs: 1000,
    boundsMs: [1, 3000],
    plausibleMs: [10, 250],
    cutoffMs: null,
  },
  t2star: {
    mapName: 'T2star',
    label: 'T2*',
    timeName: 'echo time',
    maxTimeMs: 500,
    boundsMs: [0.2, 1000],
    plausibleMs: [1, 120],
    cutoffMs: null,
  },
};
