/** Bits of the quality map: signals that were fitted, but do not decay as the model says. 0: nothing to remark. */
export const FIT_QUALITY = {
  /** R² is below `poorFitR2`. */
  'poor-fit': 1,
  /** The signal rises from one time to the next by more than `risingFraction` of the largest signal. */
  'rising-signal': 2,
} as const;

export type FitQuality = keyof typeof FIT_QUALITY;
