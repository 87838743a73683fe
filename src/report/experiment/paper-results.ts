/**
 * What the paper reports, to stand beside ours: Huang et al., Physics in Medicine & Biology 2023 (arXiv:2307.02736),
 * Tables 1 and 2, Figs. 5 and 6, and the text on refinement.
 */
export const PAPER = {
  citation:
    'Huang C, Wong VWS, Chan Q, Chu WCW, Chen W. An uncertainty aided framework for learning based liver T1rho mapping and analysis. Physics in Medicine & Biology, 2023. https://arxiv.org/abs/2307.02736',
  /** Number, mean age and SD in years. */
  cohort: {
    F: [24, 60.29, 9.88],
    M: [27, 54.79, 8.95],
    F0: [25, 57.6, 9.75],
    F1: [13, 56.77, 7.65],
    F2: [14, 57.36, 11.45],
    total: [51, 57.33, 9.79],
  } as Readonly<Record<string, readonly [number, number, number]>>,
  /** RMRE by method, mean and SD over slices, percent. */
  rmre: {
    coarse: [4.88, 2.12],
    bm3d: [4.82, 2.45],
    lbr: [2.71, 1.32],
    lbru: [2.8, 1.21],
    lbmc: [4.28, 2.68],
    lbudr: [2.62, 1.15],
  } as Readonly<Record<string, readonly [number, number]>>,
  regression: { slope: 0.9905, intercept: 0.2408, pearsonR: 0.95, slopeStandardError: 3.46e-4 },
  uceMs: 0.09,
  refinement: { beforeMs: [1.14, 0.76], afterMs: [1.06, 0.68], p: 1.15e-16, reductionPercent: 7.0 },
} as const;
