import type { MethodEvaluation, UncertaintyEvaluation } from '../../evaluate/experiment-evaluation.ts';

/** A method that says how uncertain it is. */
export type JudgedMethod = MethodEvaluation & { readonly uncertainty: UncertaintyEvaluation };

export const hasUncertainty = (method: MethodEvaluation): method is JudgedMethod =>
  method.uncertainty !== undefined;
