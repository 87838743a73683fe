/** Which slices a report shows: the median of each fold, by rule, so that nobody picks the pretty ones. */
import type { ExperimentEvaluation } from './experiment-evaluation.ts';

export interface ChosenExample {
  /** `id` of the slice in the evaluation. */
  readonly id: string;
  readonly patient: string;
  /** Counted from 0. */
  readonly fold: number;
  /** The rule in words. */
  readonly rule: string;
  /** Name for its file: `fold-1`. */
  readonly name: string;
}

/**
 * Of each fold the slice with the median RMRE against the target (the lower of two), by LBRU, or where that is missing by
 * the last method of the table.
 */
export function chooseExamples({ methods, nFolds }: ExperimentEvaluation): ChosenExample[] {
  const by = methods.find(({ method }) => method === 'lbru') ?? methods.at(-1)!;
  return Array.from({ length: nFolds }, (_, fold) => {
    const slices = by.slices
      .filter((slice) => slice.fold === fold && Number.isFinite(slice.targetPercent))
      .sort((a, b) => a.targetPercent - b.targetPercent);
    const median = slices[Math.floor((slices.length - 1) / 2)];
    const rule = `median RMRE of ${by.title} in fold ${fold + 1}`;
    return median ? [{ id: median.id, patient: median.patient, fold, rule, name: `fold-${fold + 1}` }] : [];
  }).flat();
}
